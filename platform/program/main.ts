import { type Config, ConfigError, COPY_TO_URL, readConfig } from "@archway/config/config.ts";
import { EnvironmentReader } from "@archway/config/environment_reader.ts";
import { allSettings } from "@archway/config/settings_table.ts";
import { unknownSettings } from "@archway/config/unknown_settings.ts";
import { ListenError } from "@archway/server/listener.ts";
import { TlsError } from "@archway/server/tls.ts";
import { formatError, isDatabaseError } from "./format_error.ts";
import { migrate } from "./migrate_command.ts";
import { print } from "./print.ts";
import { checkServices, hasBackground, migrationSources, type Project, serviceCommands } from "./project.ts";
import { serve } from "./serve.ts";
import { usage } from "./usage.ts";

/** Runs a command with the arguments after its name, and returns the exit code. */
type Run = (args: readonly string[]) => Promise<number>;

/**
 * Runs the program of a project by its command line, and ends the process: exit code 0 done, 1 failed, 2 not understood.
 * Does nothing in a module that is imported and not run.
 */
export async function main(project: Project, meta: Pick<ImportMeta, "main">): Promise<void> {
  if (!meta.main) return;
  try {
    checkServices(project.services);
    Deno.exitCode = await runCommand(project, Deno.args);
    // Not at once: where telemetry is being exported just then, Deno.exit waits for its end for ever (Deno 2.9). When
    // nothing is left to do, the program ends by itself; what does not end must not keep it.
    Deno.unrefTimer(setTimeout(() => Deno.exit(), 1_000));
  } catch (error) {
    if (!isUserFacing(error)) throw error;
    await print(Deno.stderr, `${formatError(error)}\n`);
    Deno.exit(1);
  }
}

async function runCommand(project: Project, [name = "serve", ...args]: readonly string[]): Promise<number> {
  if (name === "help" || [name, ...args].some((arg) => arg === "--help" || arg === "-h")) {
    await print(Deno.stdout, usage(project));
    return 0;
  }
  const run = commandsOf(project).get(name);
  if (run !== undefined) return await run(args);
  await print(Deno.stderr, usage(project));
  return 2;
}

/** Commands by name. Those that are rarely used load their modules on demand: the service needs none of them. */
function commandsOf(project: Project): ReadonlyMap<string, Run> {
  const { services } = project;
  const sources = migrationSources(services);
  // A command that only works on the database answers no requests and need not know callers.
  const configure = (): Config => readEnvironment(project, { serves: false });
  const withoutArguments = (run: () => Promise<number>): Run => async (args) => {
    if (args.length === 0) return await run();
    await print(Deno.stderr, usage(project));
    return 2;
  };
  const serving = (greet: boolean): Run =>
    withoutArguments(() => serve(readEnvironment(project, { serves: true }), { ...project, greet }));
  const working = async (): Promise<number> => (await import("./work.ts")).work(configure(), project);
  const commands = new Map<string, Run>([
    ["serve", serving(false)],
    ["dev", serving(true)],
    ...(hasBackground(services) ? [["worker", withoutArguments(working)] as const] : []),
    ["migrate", (args) => migrate(args, { configure, sources })],
    ["token", async (args) => {
      const { token } = await import("./token_command.ts");
      const scopes = services.flatMap(({ scopes = [] }) => scopes);
      return await token(args, { configure, authMode: lookUp("AUTH_MODE"), scopes });
    }],
    ["config", async (args) => {
      const { config } = await import("./config_command.ts");
      return await config(args, { project, environment: Deno.env.toObject() });
    }],
    ["db", async (args) => {
      const { db } = await import("./db_command.ts");
      const reader = new EnvironmentReader(lookUp);
      const copyToUrl = reader.read(COPY_TO_URL);
      if (reader.errors.length > 0) throw new ConfigError(reader.errors);
      return await db(args, { configure, copyToUrl, sources });
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

/** Errors that their message lets a person mend; any other is a defect of the program and shows where it arose. */
function isUserFacing(error: unknown): error is Error {
  return error instanceof ConfigError || error instanceof ListenError || error instanceof TlsError ||
    isDatabaseError(error);
}
