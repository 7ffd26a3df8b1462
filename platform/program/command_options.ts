import { ConfigError, readConfig } from "@archway/config/config.ts";
import { EnvironmentReader } from "@archway/config/environment_reader.ts";
import type { SecretConfig } from "@archway/config/secret_config.ts";
import { readStorageConfig, type StorageConfig } from "@archway/config/storage_config.ts";
import type { CommandProgram } from "@archway/service_kit/command_program.ts";
import type { SettingsReader } from "@archway/service_kit/setting.ts";
import { migrationSources, type Project } from "./project.ts";
import { lookUp, readEnvironment } from "./read_environment.ts";
import type { RunServiceCommandOptions } from "./run_service_command.ts";

/** Returns the options of commands that services add. */
export function commandOptions(project: Project): RunServiceCommandOptions {
  const { services } = project;
  const sources = migrationSources(services);
  // Each command reads the settings that it needs, so that it requires no secrets of others; `config` reads all.
  const configure = (): StorageConfig => readEnvironment(project, { read: readStorageConfig });
  const readSettings = <T>(read: (reader: SettingsReader) => T): T => {
    const reader = new EnvironmentReader(lookUp);
    const settings = read(reader);
    if (reader.errors.length > 0) throw new ConfigError(reader.errors);
    return settings;
  };
  const openProgram = async (settings: Readonly<Record<string, string>> = {}): Promise<CommandProgram> => {
    const { openProgram: open } = await import("./open_program.ts");
    const config = readEnvironment(project, {
      read: (reader) => readConfig(reader, { services }),
      adapt: (variables) => ({ ...variables, ...settings }),
    });
    return await open(project, config);
  };
  const secrets = async (): Promise<readonly [string, ...string[]]> => {
    const [{ hmacSecretsOf }, { readSecretConfig }] = await Promise.all([
      import("./hmac_secrets.ts"),
      import("@archway/config/secret_config.ts"),
    ]);
    const read = (reader: SettingsReader): StorageConfig & SecretConfig => {
      const storage = readStorageConfig(reader);
      return { ...storage, ...readSecretConfig(reader, { required: storage.database.kind === "postgres" }) };
    };
    return await hmacSecretsOf(readEnvironment(project, { read }));
  };
  return { project: project.name, configure, sources, services, readSettings, openProgram, secrets };
}
