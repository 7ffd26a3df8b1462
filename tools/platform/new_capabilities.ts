import { join } from "node:path";

/** Import of a capability in services.ts, such as `import { eventsModule } from "@archway/events/module.ts";`. */
const IMPORT = /^import \{ (\w+) \} from "@\w+\/(\w+)\/module\.ts";$/gm;

/** Files of the platform before and after an upgrade, by path. */
export interface CapabilityFiles {
  readonly before: Readonly<Record<string, string>>;
  readonly newer: Readonly<Record<string, string>>;
}

/** Returns a line for each capability that a newer template adds to the platform: how services.ts lists it. */
export async function newCapabilities(
  template: string,
  { before, newer }: CapabilityFiles,
): Promise<readonly string[]> {
  const list = await Deno.readTextFile(join(template, "services.ts")).catch(() => "");
  return [...list.matchAll(IMPORT)].flatMap(([line, module = "", name = ""]) => {
    const door = `platform/${name}/module.ts`;
    if (door in before || !(door in newer)) return [];
    return [`${name}: add ${module} to the list in services.ts, with ${line}`];
  });
}
