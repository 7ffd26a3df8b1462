import { join } from "node:path";
import { effectiveSettings } from "@archway/program/config_command.ts";
import { parseVariables } from "@archway/program/read_variables.ts";
import { project } from "../../../config.ts";
import { services } from "../../../services.ts";

const FOLDER = join(import.meta.dirname ?? ".", "..");

/** Value of every credential: long enough for HMAC_SECRET. */
const SECRET = "0123456789abcdef0123456789abcdef";

/** Settings that the embedded database rejects, or applies in another way. */
const OF_SERVERS = /^POSTGRES_|^MIGRATE_/;

/** Unit files in this folder, and the names that they are installed under. */
export const UNITS: ReadonlyMap<string, string> = new Map([
  ["api.service", `${project.name}.service`],
  ["worker.service", `${project.name}-worker.service`],
  ["migrate.service", `${project.name}-migrate.service`],
  ["embedded.conf", `${project.name}.service.d/embedded.conf`],
]);

/** Values of each directive of a unit file, in order; an empty one resets the list. */
export type Unit = ReadonlyMap<string, readonly string[]>;

/** Returns the directives of a unit, of which drop-ins follow. */
export async function readUnit(...files: readonly string[]): Promise<Unit> {
  const unit = new Map<string, readonly string[]>();
  for (const file of files) {
    const text = await Deno.readTextFile(join(FOLDER, file));
    for (const [, name = "", value = ""] of text.matchAll(/^(\w+)=(.*)$/gm)) {
      unit.set(name, value === "" ? [] : [...unit.get(name) ?? [], value]);
    }
  }
  return unit;
}

/** Returns the last value of a directive; undefined if it has none. */
export function lastOf(unit: Unit, name: string): string | undefined {
  return unit.get(name)?.at(-1);
}

/** Returns the seconds of a time span, such as `60` or `infinity`. */
export function secondsOf(unit: Unit, name: string): number {
  const value = lastOf(unit, name);
  return value === "infinity" ? Infinity : Number(value);
}

/** Settings that the program reads in a unit. */
export interface UnitSettings {
  /** Names of its variables. */
  readonly names: readonly string[];
  /** Effective value of a setting. */
  readonly value: (name: string) => string | undefined;
  readonly errors: readonly { readonly variable: string }[];
}

/**
 * Returns the settings of a unit as systemd would set them, with settings.env and its credentials in a folder.
 *
 * @param options.isEmbedded Leaves out what settings.env has for a server. @default {false}
 */
export async function settingsOf(
  unit: Unit,
  { isEmbedded = false }: { readonly isEmbedded?: boolean } = {},
): Promise<UnitSettings> {
  const folder = await Deno.makeTempDir({ prefix: "archway_systemd_" });
  try {
    for (const credential of unit.get("LoadCredential") ?? []) {
      await Deno.writeTextFile(join(folder, credential.replace(/:.*/, "")), SECRET);
    }
    const words = (unit.get("Environment") ?? []).flatMap((line) => line.split(" "));
    const own = words.map((word) => word.replaceAll("%d", folder).replaceAll("%S", "/var/lib"));
    const removed = (lastOf(unit, "UnsetEnvironment") ?? "").split(" ");
    const variables = Object.entries({
      ...parseVariables(await Deno.readTextFile(join(FOLDER, "settings.env"))),
      ...parseVariables(own.join("\n")),
    }).filter(([name]) =>
      name !== "SETTINGS_FILE" && !removed.includes(name) && !(isEmbedded && OF_SERVERS.test(name))
    );
    const { settings, errors } = effectiveSettings({ ...project, services }, Object.fromEntries(variables));
    const values = new Map(settings.map(({ name, value }) => [name, value ?? undefined]));
    return { names: variables.map(([name]) => name), value: (name) => values.get(name), errors };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
