import { type Config, ConfigError, COPY_TO_URL, readConfig } from "@archway/config/config.ts";
import { EnvironmentReader } from "@archway/config/environment_reader.ts";
import { nearest } from "@archway/config/nearest.ts";
import { allSettings } from "@archway/config/settings_table.ts";
import { unknownSettings } from "@archway/config/unknown_settings.ts";
import { ApiConflictError } from "@archway/server/api_module.ts";
import { ListenError } from "@archway/server/listener.ts";
import { TlsError } from "@archway/server/tls.ts";
import { formatError, isDatabaseError } from "./format_error.ts";
import { migrate } from "./migrate_command.ts";
import { isOutOfFiles, OUT_OF_FILES_TEXT } from "./out_of_files.ts";
import type { PlatformCommand } from "./platform_commands.ts";
import { print } from "./print.ts";
import { checkServices, hasBackground, migrationSources, type Project, serviceCommands } from "./project.ts";
import { serve } from "./serve.ts";
import { commandHelp, commandUsage, usage } from "./usage.ts";

/** Runs a command with the arguments after its name, and returns the exit code. */
type Run = (args: readonly string[]) => Promise<number>;

/**
 * Runs the command that the arguments name, and ends the process with its exit code: 0 for success, 1 for a failure, 2
 * for invalid arguments. Does nothing if the module is imported.
 */
export async function main(project: Project, meta: Pick<ImportMeta, "main">): Promise<void> {
  if (!meta.main) return;
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

/** Returns the commands by name. Those that the service does not need load their modules on demand. */
function commandsOf(project: Project): ReadonlyMap<string, Run> {
  const { services } = project;
  const sources = migrationSources(services);
  // A command that only uses the database serves no requests, so it needs no authentication settings.
  const configure = (): Config => readEnvironment(project, { serves: false });
  const withoutArguments = (command: PlatformCommand, run: () => Promise<number>): Run => async (args) => {
    if (args.length === 0) return await run();
    const { name } = project;
    await print(Deno.stderr, `${name} ${command}: unexpected argument\n${commandUsage(name, command)}`);
    return 2;
  };
  const serving = (command: "serve" | "dev"): Run =>
    withoutArguments(
      command,
      () => serve(readEnvironment(project, { serves: true }), { ...project, greet: command === "dev" }),
    );
  const working = async (): Promise<number> => (await import("./work.ts")).work(configure(), project);
  const commands = new Map<string, Run>([
    ["serve", serving("serve")],
    ["dev", serving("dev")],
    ...(hasBackground(services) ? [["worker", withoutArguments("worker", working)] as const] : []),
    ["migrate", (args) => migrate(args, { project: project.name, configure, sources })],
    ["token", async (args) => {
      const { token } = await import("./token_command.ts");
      const scopes = services.flatMap(({ scopes = [] }) => scopes);
      return await token(args, { project: project.name, configure, authMode: lookUp("AUTH_MODE"), scopes });
    }],
    ["keys", async (args) => {
      const { keysCommand } = await import("./keys_command.ts");
      const { runServiceCommand } = await import("./run_service_command.ts");
      return await runServiceCommand(keysCommand, args, { project: project.name, configure, sources });
    }],
    ["healthcheck", async (args) => {
      const { healthcheck } = await import("./healthcheck_command.ts");
      return await healthcheck(args, { project: project.name, reader: new EnvironmentReader(lookUp) });
    }],
    ["config", async (args) => {
      const { config } = await import("./config_command.ts");
      return await config(args, { project, environment: Deno.env.toObject() });
    }],
    ["openapi", async (args) => {
      const { openapi } = await import("./openapi_command.ts");
      return await openapi(args, project);
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
      return await runServiceCommand(command, args, { project: project.name, configure, sources });
    });
  }
  return commands;
}

/**
 * Reads the configuration from the environment.
 *
 * @throws {ConfigError} for missing, invalid and misspelt settings.
 */
function readEnvironment(
  { name, services }: Project,
  { serves }: { readonly serves: boolean },
): Config {
  const reader = new EnvironmentReader(lookUp);
  const config = readConfig(reader, { serves, services });
  const settings = allSettings(services);
  const errors = [...reader.errors, ...unknownSettings(Deno.env.toObject(), { settings, project: name })];
  if (errors.length > 0) throw new ConfigError(errors);
  return config;
}

function lookUp(name: string): string | undefined {
  return Deno.env.get(name);
}

/** Whether an error is the operator's to correct. Any other is a defect of the program, and is printed with its stack. */
function isUserFacing(error: unknown): error is Error {
  return error instanceof ApiConflictError || error instanceof ConfigError || error instanceof ListenError ||
    error instanceof TlsError || isDatabaseError(error);
}
