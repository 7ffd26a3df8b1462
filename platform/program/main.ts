import { type Config, ConfigError, readConfig, readWorkConfig } from "@archway/config/config.ts";
import type { Share } from "@archway/config/divide_limits.ts";
import { EnvironmentReader } from "@archway/config/environment_reader.ts";
import { RUNTIME_API } from "@archway/config/lambda_config.ts";
import type { SecretConfig } from "@archway/config/secret_config.ts";
import { nearest } from "@archway/config/nearest.ts";
import { allSettings } from "@archway/config/settings_table.ts";
import { COPY_TO_URL, readStorageConfig, type StorageConfig } from "@archway/config/storage_config.ts";
import { unknownSettings } from "@archway/config/unknown_settings.ts";
import { ApiConflictError } from "@archway/server/api_module.ts";
import { ListenError } from "@archway/server/listener.ts";
import type { CommandProgram } from "@archway/service_kit/command_program.ts";
import type { SettingsReader } from "@archway/service_kit/setting.ts";
import { TlsError } from "@archway/server/tls.ts";
import { formatError, isDatabaseError } from "./format_error.ts";
import { isOutOfFiles, OUT_OF_FILES_TEXT } from "./out_of_files.ts";
import { missingDatabase } from "./missing_database.ts";
import { isCommandThread, serveCommandThread } from "./command_thread.ts";
import type { PlatformCommand } from "./platform_commands.ts";
import { print } from "./print.ts";
import { checkServices, hasBackground, migrationSources, type Project, serviceCommands } from "./project.ts";
import { readVariables } from "./read_variables.ts";
import type { RunServiceCommandOptions } from "./run_service_command.ts";
import type { ServeOptions } from "./serve.ts";
import { commandHelp, commandUsage, usage } from "./usage.ts";

/** Runs a command with the arguments after its name, and returns the exit code. */
type Run = (args: readonly string[]) => Promise<number>;

/**
 * Runs the command that the arguments name, and ends the process with its exit code: 0 for success, 1 for a failure, 2
 * for invalid arguments. Does nothing if the module is imported.
 */
export async function main(project: Project, meta: Pick<ImportMeta, "main">): Promise<void> {
  if (!meta.main) return;
  if (isCommandThread()) return await serveThread(project);
  try {
    checkServices(project.services);
    Deno.exitCode = await runCommand(project, Deno.args);
    // The process ends by itself once it is idle; this ends it if something keeps it busy, such as an export of telemetry
    // to a receiver that does not respond.
    Deno.unrefTimer(setTimeout(() => Deno.exit(), 1_000));
  } catch (error) {
    const text = isOutOfFiles(error)
      ? OUT_OF_FILES_TEXT
      : isUserFacing(error)
      ? `${formatError(error)}\n`
      : undefined;
    if (text === undefined) throw error;
    await print(Deno.stderr, text);
    Deno.exit(1);
  }
}

/** Runs a command of a service in this thread. */
async function serveThread(project: Project): Promise<void> {
  const { commandContext } = await import("./run_service_command.ts");
  serveCommandThread(async ([name, ...args], thread) => {
    const command = serviceCommands(project.services).find((each) => each.name === name);
    if (command === undefined) throw new Error(`No service has a command ${name}`);
    return await command.run(args, commandContext({ ...commandOptionsOf(project), thread }));
  });
}

async function runCommand(project: Project, [name = "serve", ...args]: readonly string[]): Promise<number> {
  if (name === "help" || [name, ...args].some((arg) => arg === "--help" || arg === "-h")) {
    const command = name === "help" ? args[0] ?? "" : name;
    await print(Deno.stdout, commandHelp(project, command) ?? usage(project));
    return 0;
  }
  if (name === "--version" || name === "-V") {
    await print(Deno.stdout, `${project.name} ${project.version ?? "without a version"}\n`);
    return 0;
  }
  if (name !== "serve" || args.length > 0) forgoProcesses();
  const commands = commandsOf(project);
  const run = commands.get(name);
  if (run !== undefined) return await run(args);
  const meant = name.length > 3 ? nearest(name, [...commands.keys()]) : undefined;
  const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
  await print(
    Deno.stderr,
    `${project.name}: unknown command ${JSON.stringify(name)}${hint}\n${usage(project)}`,
  );
  return 2;
}

/** Returns the options of commands that services add. */
function commandOptionsOf(project: Project): RunServiceCommandOptions {
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

/** Returns a variable of the environment. */
function lookUp(name: string): string | undefined {
  return readVariables(Deno.env.toObject())[name];
}

/** Returns the commands by name. Each loads its modules on demand. */
function commandsOf(project: Project): ReadonlyMap<string, Run> {
  const { services } = project;
  const commandOptions = commandOptionsOf(project);
  const { sources, configure } = commandOptions;
  const serving = (share?: Share): Config =>
    readEnvironment(project, { read: (reader) => readConfig(reader, { services, share }) });
  const withoutArguments = (command: PlatformCommand, run: () => Promise<number>): Run => async (args) => {
    if (args.length === 0) return await run();
    const { name } = project;
    await print(Deno.stderr, `${name} ${command}: unexpected argument\n${commandUsage(name, command)}`);
    return 2;
  };
  const working = async (): Promise<number> => {
    const { work } = await import("./work.ts");
    const config = readEnvironment(project, { read: (reader) => readWorkConfig(reader, { services }) });
    return await work(config, project);
  };
  const commands = new Map<string, Run>([
    ["serve", async (args) => {
      const share = parseShare(args);
      if (share !== undefined) return await serve(serving(share), { ...project, greet: false, share });
      return await withoutArguments("serve", () => serveAll(project, serving))(args);
    }],
    ["dev", withoutArguments("dev", () => serve(serving(), { ...project, greet: true }))],
    ...(hasBackground(services) ? [["worker", withoutArguments("worker", working)] as const] : []),
    [
      "lambda",
      withoutArguments("lambda", async () => {
        const runtimeApi = lookUp(RUNTIME_API.name);
        if (!runtimeApi) throw new ConfigError([{ variable: RUNTIME_API.name, reason: NOT_ON_LAMBDA }]);
        const { lambda } = await import("./lambda/lambda.ts");
        return await lambda({ project, runtimeApi, configure: () => readLambdaEnvironment(project) });
      }),
    ],
    ["migrate", async (args) => {
      const { migrate } = await import("./migrate_command.ts");
      return await migrate(args, { project: project.name, configure, sources });
    }],
    ["token", async (args) => {
      const { token } = await import("./token_command.ts");
      const scopes = services.flatMap(({ scopes = [] }) => scopes);
      return await token(args, { project: project.name, configure, authMode: lookUp("AUTH_MODE"), scopes });
    }],
    ["keys", async (args) => {
      const { keysCommand } = await import("./keys_command.ts");
      const { runServiceCommand } = await import("./run_service_command.ts");
      return await runServiceCommand(keysCommand, args, commandOptions);
    }],
    ["healthcheck", async (args) => {
      const { healthcheck } = await import("./healthcheck_command.ts");
      return await healthcheck(args, { project: project.name, reader: new EnvironmentReader(lookUp) });
    }],
    ["config", async (args) => {
      const { config } = await import("./config_command.ts");
      return await config(args, { project, environment: Deno.env.toObject() });
    }],
    ["version", async (args) => {
      const { version } = await import("./version_command.ts");
      return await version(args, project);
    }],
    ["openapi", async (args) => {
      const { openapi } = await import("./openapi_command.ts");
      return await openapi(args, project);
    }],
    ["conform", async (args) => {
      const { conformCommand } = await import("./conform_command.ts");
      return await conformCommand(args, { project: project.name });
    }],
    ["db", async (args) => {
      const { db } = await import("./db_command.ts");
      const reader = new EnvironmentReader(lookUp);
      const copyToUrl = reader.read(COPY_TO_URL);
      if (reader.errors.length > 0) throw new ConfigError(reader.errors);
      return await db(args, { project: project.name, configure, copyToUrl, sources });
    }],
  ]);
  for (const command of serviceCommands(services)) {
    commands.set(command.name, async (args) => {
      const { runServiceCommand } = await import("./run_service_command.ts");
      return await runServiceCommand(command, args, commandOptions);
    });
  }
  return commands;
}

/** Serves by this process. */
async function serve(config: Config, options: ServeOptions): Promise<number> {
  const { serve } = await import("./serve.ts");
  return await serve(config, options);
}

/** Gives up the permission to start processes, which only the supervisor of several processes needs. */
function forgoProcesses(): void {
  Deno.permissions.revokeSync({ name: "run" });
}

/** Serves by this process alone, or by several that it supervises. */
async function serveAll(project: Project, configure: () => Config): Promise<number> {
  const config = configure();
  const { configured, count, reason } = config.workers;
  if (reason !== undefined) {
    await print(Deno.stderr, `WORKERS is ${configured}, but one process serves: ${reason}\n`);
  }
  if (count === 1) {
    forgoProcesses();
    return await serve(config, { ...project, greet: false });
  }
  const { withoutTool } = await import("./open_tool.ts");
  withoutTool(config);
  const { supervise } = await import("./workers/supervise.ts");
  // At once: while the runtime ends, SIGHUP would no longer be handled, and change the exit code.
  Deno.exit(await supervise(config, { configure: () => withoutTool(configure()) }));
}

/** Parses the arguments with which the supervisor starts one of its processes; undefined for others. */
function parseShare([option, value = "", ...more]: readonly string[]): Share | undefined {
  const [, index, count] = /^(\d{1,3})\/(\d{1,3})$/.exec(value) ?? [];
  if (option !== "--worker" || index === undefined || more.length > 0) return undefined;
  const share = { index: Number(index), count: Number(count) };
  return share.index < share.count ? share : undefined;
}

const NOT_ON_LAMBDA = "is missing; AWS Lambda sets it, and `lambda` runs nowhere else (docs/lambda.md)";

/** Settings that follow from AWS Lambda: clients reach the program, and an instance serves one request at a time. */
const OF_LAMBDA = { HOST: "0.0.0.0", WORKERS: "1", ADMIN_PORT: "", ADMIN_HOST: "" };

/** Returns the configuration of a function. */
function readLambdaEnvironment(project: Project): Config {
  const config = readEnvironment(project, {
    read: (reader) => readConfig(reader, { services: project.services }),
    adapt: (variables) => ({ ...defaultPool(variables), ...variables, ...OF_LAMBDA }),
  });
  const errors = [
    ...(config.database.kind === "embedded"
      ? [{
        variable: "POSTGRES_PRIMARY_HOST",
        reason: "is missing; a function has no disk for the embedded database",
      }]
      : []),
    ...(config.migrateOnStart
      ? [{
        variable: "MIGRATE_ON_START",
        reason: `cannot be true on AWS Lambda; run ${project.name} migrate up before the deployment`,
      }]
      : []),
  ];
  if (errors.length > 0) throw new ConfigError(errors);
  return config;
}

/** Returns the number of connections of a function that sets none: one, as it serves one request at a time. */
function defaultPool(variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const hasServer = Object.keys(variables).some((name) =>
    /^(?:DATABASE_URL|POSTGRES_PRIMARY_HOST)/.test(name)
  );
  return hasServer ? { POSTGRES_PRIMARY_POOL_MAX_CONNS: "1" } : {};
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
function readEnvironment<C extends StorageConfig>(
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

/** Whether an error is the operator's to correct. Any other is a defect of the program, and is printed with its stack. */
function isUserFacing(error: unknown): error is Error {
  return error instanceof ApiConflictError || error instanceof ConfigError || error instanceof ListenError ||
    error instanceof TlsError || isDatabaseError(error);
}
