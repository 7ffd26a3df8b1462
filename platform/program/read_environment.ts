import { ConfigError } from "@archway/config/config.ts";
import { EnvironmentReader } from "@archway/config/environment_reader.ts";
import { allSettings } from "@archway/config/settings_table.ts";
import type { StorageConfig } from "@archway/config/storage_config.ts";
import { unknownSettings } from "@archway/config/unknown_settings.ts";
import type { SettingsReader } from "@archway/service_kit/setting.ts";
import { missingDatabase } from "./missing_database.ts";
import type { Project } from "./project.ts";
import { readVariables } from "./read_variables.ts";

/** Returns a variable of the environment. */
export function lookUp(name: string): string | undefined {
  return readVariables(Deno.env.toObject())[name];
}

/** Options of {@link readEnvironment}. */
interface ReadEnvironmentOptions<C> {
  /** Reads the settings of a command. */
  readonly read: (reader: SettingsReader) => C;
  /** Changes variables before they are read. */
  readonly adapt?: (variables: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;
}

/**
 * Reads settings from the environment.
 *
 * @throws {ConfigError} for missing and invalid ones of those that are read, and for misspelt ones of all: which one was
 * meant cannot be known.
 */
export function readEnvironment<C extends StorageConfig>(
  { name, services }: Project,
  { read, adapt = (variables) => variables }: ReadEnvironmentOptions<C>,
): C {
  const variables = adapt(readVariables(Deno.env.toObject()));
  const reader = new EnvironmentReader((variable) => variables[variable]);
  const config = read(reader);
  const settings = allSettings(services);
  const errors = [
    ...missingDatabase(config),
    ...reader.errors,
    ...unknownSettings(variables, { settings, project: name }),
  ];
  if (errors.length > 0) throw new ConfigError(errors);
  return config;
}
