import { variablesOf } from "@archway/config/environment_reader.ts";
import { FOREIGN_SERVERS } from "@archway/config/unknown_settings.ts";
import type { Setting } from "@archway/service_kit/setting.ts";

/**
 * Returns the variables that the program has to be allowed to read, as `deno.json` has them: by prefix, so that misspelt
 * names are found too. `ARCHWAY_*` is among them since newcomers try the name of the program as prefix.
 */
export function environmentGrants(settings: readonly Setting<unknown>[], project: string): readonly string[] {
  const names = settings.flatMap(variablesOf);
  const prefixes = names.map((name) =>
    name.includes("_") && !name.startsWith("AWS_") ? `${name.slice(0, name.indexOf("_"))}_*` : name
  );
  return [...new Set([...prefixes, `${project.toUpperCase()}_*`, ...FOREIGN_SERVERS])].toSorted();
}
