import { readConfig, SETTINGS_FILE } from "@archway/config/config.ts";
import {
  EnvironmentReader,
  type ReadSetting,
  type SettingError,
} from "@archway/config/environment_reader.ts";
import { allSettings } from "@archway/config/settings_table.ts";
import { COPY_TO_URL } from "@archway/config/storage_config.ts";
import { unknownSettings } from "@archway/config/unknown_settings.ts";
import { missingDatabase } from "./missing_database.ts";
import type { Project } from "./project.ts";
import { print } from "./print.ts";
import { parseVariables, readVariables } from "./read_variables.ts";
import { textTable } from "@archway/service_kit/text_table.ts";
import { commandUsage } from "./usage.ts";

/** Effective value of a setting. */
export interface EffectiveSetting {
  readonly name: string;
  /** Masked if secret, as are credentials in URLs; null without a value, and for one that was rejected. */
  readonly value: string | null;
  /** Source of the value, such as "environment", ".env", "SETTINGS_FILE", "file /run/secrets/hmac", "default" or "derived". */
  readonly source: string;
}

const MASK = "********";

/**
 * `config`: prints every setting with its value and source, secrets and rejected values hidden, and the configuration errors.
 *
 * @returns the exit code: 0 for a valid configuration, 1 for an invalid one, 2 for invalid arguments.
 */
export async function config(
  args: readonly string[],
  { project, environment }: {
    readonly project: Project;
    readonly environment: Readonly<Record<string, string>>;
  },
): Promise<number> {
  const json = args[0] === "--json";
  if (args.length > (json ? 1 : 0)) {
    await print(
      Deno.stderr,
      `${project.name} config: unknown argument, expected --json\n${commandUsage(project.name, "config")}`,
    );
    return 2;
  }
  const { settings, errors } = effectiveSettings(project, environment, await readDotEnv());
  await print(
    Deno.stdout,
    json ? `${JSON.stringify({ settings, errors }, undefined, 2)}\n` : textTable([
      ["SETTING", "VALUE", "SOURCE"],
      ...settings.map(({ name, value, source }) => [name, value ?? "-", source]),
    ]),
  );
  const lines = errors.map(({ variable, reason }) => `  ${variable} ${reason}\n`);
  if (lines.length > 0) await print(Deno.stderr, `Invalid configuration:\n${lines.join("")}`);
  return lines.length === 0 ? 0 : 1;
}

/**
 * Reads the configuration, and returns every setting with its source, and the errors.
 *
 * @throws {ConfigError} if SETTINGS_FILE cannot be read.
 */
export function effectiveSettings(
  { name, services }: Project,
  environment: Readonly<Record<string, string>>,
  dotEnv: Readonly<Record<string, string | undefined>> = {},
): { readonly settings: readonly EffectiveSetting[]; readonly errors: readonly SettingError[] } {
  const variables = readVariables(environment);
  const reader = new EnvironmentReader((variable) => variables[variable]);
  const config = readConfig(reader, { services });
  reader.read(COPY_TO_URL);
  const known = allSettings(services);
  const secrets = new Set(known.filter(({ secret }) => secret).map(({ name }) => name));
  const isSecret = (setting: string): boolean => secrets.has(setting) || setting.endsWith("_PASSWORD");
  const errors = [
    ...missingDatabase(config),
    ...reader.errors,
    ...unknownSettings(variables, { settings: known, project: name }),
  ];
  const rejected = new Set(reader.errors.map(({ variable }) => variable));
  const isRejected = (setting: string): boolean => {
    const variable = variableOf(reader.values.get(setting));
    return rejected.has(setting) || variable !== undefined && rejected.has(variable);
  };
  const names = [...new Set([...known.map(({ name }) => name), ...reader.values.keys()])];
  return {
    settings: names.map((name) => {
      const read = reader.values.get(name);
      const text = read?.text;
      const hidden = text === undefined || text === "" || isRejected(name);
      const value = hidden ? null : isSecret(name) ? MASK : maskCredentials(text);
      return {
        name,
        value,
        source: sourceOf(name, read, { environment, dotEnv, showPath: !isRejected(name) }),
      };
    }),
    errors,
  };
}

/** User information of a URL in any text. A password may contain the delimiters of a URL by mistake. */
const CREDENTIALS = /\/\/(?:[^/?#\s]*|[^/?#\s:]*:\S*)@/g;

function maskCredentials(text: string): string {
  return text.replaceAll(CREDENTIALS, `//${MASK}@`);
}

function variableOf(read: ReadSetting | undefined): string | undefined {
  return read !== undefined && "variable" in read.source ? read.source.variable : undefined;
}

function sourceOf(
  name: string,
  read: ReadSetting | undefined,
  { environment, dotEnv, showPath }: {
    readonly environment: Readonly<Record<string, string>>;
    readonly dotEnv: Readonly<Record<string, string | undefined>>;
    /** False for a path that was rejected: it may be the secret itself. */
    readonly showPath: boolean;
  },
): string {
  if (read === undefined) return "not used";
  const { source, text } = read;
  if (source.kind === "default") return text === undefined ? "not set" : "default";
  if (source.kind === "derived") return "derived";
  const { variable } = source;
  const location = environment[variable] === undefined
    ? SETTINGS_FILE.name
    : dotEnv[variable] !== undefined && dotEnv[variable] === environment[variable]
    ? ".env"
    : "environment";
  if (source.kind === "file") {
    return `file ${showPath ? maskCredentials(source.path) : MASK} (${variable}, ${location})`;
  }
  return variable === name ? location : `${location} (${variable})`;
}

/** Returns the variables of the file .env, which the tasks load; none without the file. */
export async function readDotEnv(): Promise<Readonly<Record<string, string | undefined>>> {
  try {
    return parseVariables(await Deno.readTextFile(".env"));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}
