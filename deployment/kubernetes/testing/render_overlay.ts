import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { locateProgram } from "@archway/tools/support/locate_program.ts";
import type { Pod, Resource } from "./resource.ts";

const FOLDER = join(import.meta.dirname ?? ".", "../overlays");

/** Folders of overlays: what is applied first, and then the rest. */
export const OVERLAYS: readonly string[] = [
  "production/migrations",
  "production",
  "development/migrations",
  "development",
];

/** Program that renders overlays; undefined if neither is installed, in which case their tests are skipped. */
export const renderer: string | undefined = await locateProgram("kustomize", "kubectl");

/** Returns the manifests of an overlay as text. */
async function renderText(overlay: string): Promise<string> {
  const args = [renderer?.endsWith("kubectl") ? "kustomize" : "build", join(FOLDER, overlay)];
  const { success, stdout, stderr } = await new Deno.Command(renderer ?? "", { args }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${overlay}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

const rendered = new Map<string, Promise<readonly Resource[]>>();

/** Returns the resources of an overlay. */
export function renderOverlay(overlay: string): Promise<readonly Resource[]> {
  const resources = rendered.get(overlay) ??
    renderText(overlay).then((text) => parseAllDocuments(text).map((document): Resource => document.toJS()));
  rendered.set(overlay, resources);
  return resources;
}

/** Workload with its pods, and the resources around it. */
export interface Workload {
  /** Overlay, kind and name. */
  readonly title: string;
  readonly overlay: string;
  readonly resource: Resource;
  readonly pod: Pod;
  readonly labels: Readonly<Record<string, string>>;
  /** All resources of the overlay. */
  readonly all: readonly Resource[];
}

/** Returns the workloads of all overlays. */
export async function renderWorkloads(): Promise<readonly Workload[]> {
  const workloads = await Promise.all(OVERLAYS.map(async (overlay) => {
    const all = await renderOverlay(overlay);
    return all.flatMap((resource): Workload[] => {
      const { template } = resource.spec ?? {};
      if (template === undefined) return [];
      const title = `${overlay}: ${resource.kind} ${resource.metadata.name}`;
      return [{ title, overlay, resource, pod: template.spec, labels: template.metadata.labels, all }];
    });
  }));
  return workloads.flat();
}
