import { type Config, ConfigError, readConfig, readWorkConfig } from "@archway/config/config.ts";
import type { Share } from "@archway/config/divide_limits.ts";
import { EnvironmentReader } from "@archway/config/environment_reader.ts";
import { COPY_TO_URL } from "@archway/config/storage_config.ts";
import { commandOptions } from "./command_options.ts";
import type { PlatformCommand } from "./platform_commands.ts";
import { print } from "./print.ts";
import { hasBackground, type Project, serviceCommands } from "./project.ts";
import { lookUp, readEnvironment } from "./read_environment.ts";
import { parseShare, serve, serveAll } from "./serve_all.ts";
import { commandUsage } from "./usage.ts";

/** Runs a command with the arguments after its name, and returns the exit code. */
type Run = (args: readonly string[]) => Promise<number>;

/** Returns the commands by name. Each loads its modules on demand. */
export function programCommands(project: Project): ReadonlyMap<string, Run> {
  const { services } = project;
  const options = commandOptions(project);
  const { sources, configure } = options;
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
        const { lambdaCommand } = await import("./lambda/lambda_command.ts");
        return await lambdaCommand(project);
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
      return await runServiceCommand(keysCommand, args, options);
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
      return await runServiceCommand(command, args, options);
    });
  }
  return commands;
}
