import { assert } from "@std/assert";
import { effectiveSettings } from "@archway/program/config_command.ts";
import { project } from "../../../config.ts";
import { services } from "../../../services.ts";
import { containerEnvironment } from "./container_environment.ts";
import { renderWorkloads, type Workload } from "./render_overlay.ts";
import { type Container, containersOf } from "./resource.ts";

/** Container of the program with its settings. */
export interface ConfiguredContainer {
  readonly title: string;
  readonly workload: Workload;
  readonly container: Container;
  /** Names of its variables. */
  readonly names: readonly string[];
  /** Keys of Secrets that it needs. */
  readonly keys: readonly string[];
  /** Effective value of a setting. */
  readonly value: (name: string) => string;
  readonly errors: readonly { readonly variable: string }[];
}

/** Returns the containers of the program, with the settings that it reads there. */
export async function configuredContainers(): Promise<readonly ConfiguredContainer[]> {
  const folder = await Deno.makeTempDir({ prefix: "archway_kubernetes_" });
  try {
    const found: ConfiguredContainer[] = [];
    for (const workload of await renderWorkloads()) {
      for (const container of containersOf(workload.pod)) {
        if (!new RegExp(`(^|/)${project.name}[:@]`).test(container.image)) continue;
        const title = `${workload.title}, ${container.name}`;
        const { variables, keys } = await containerEnvironment(container, workload, folder);
        const { settings, errors } = effectiveSettings({ ...project, services }, variables);
        const values = new Map(settings.map(({ name, value }) => [name, value ?? ""]));
        const value = (name: string): string => {
          assert(values.has(name), `There is no setting ${name}`);
          return values.get(name) ?? "";
        };
        found.push({ title, workload, container, names: Object.keys(variables), keys, value, errors });
      }
    }
    return found;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Returns those of the service and of workers. */
export async function servingContainers(): Promise<readonly ConfiguredContainer[]> {
  return (await configuredContainers()).filter(({ workload: { resource } }) =>
    resource.kind === "Deployment"
  );
}
