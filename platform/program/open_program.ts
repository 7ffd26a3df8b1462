import type { Config } from "@archway/config/config.ts";
import { DirectoryInUseError } from "@archway/db/embedded/embedded_error.ts";
import { lintSources } from "@archway/db/postgres/lint_migrations.ts";
import type { CommandProgram, MigrationFinding, ToolResponse } from "@archway/service_kit/command_program.ts";
import type { DeveloperTool } from "@archway/service_kit/developer_tool.ts";
import { boot } from "./boot.ts";
import { buildServer, developmentToken, openCallers } from "./build_server.ts";
import { effectiveSettings, readDotEnv } from "./config_command.ts";
import { mountUnconnected } from "./mount_unconnected.ts";
import { openTool } from "./open_tool.ts";
import { migrationSources, type Project } from "./project.ts";

/** Time limit for another process of the program to respond, in milliseconds. */
const PROBE_MS = 2_000;

/** Opens the program for a command. If another process has the embedded database and serves, it serves requests, too. */
export async function openProgram(project: Project, config: Config): Promise<CommandProgram> {
  const dotEnv = await readDotEnv();
  const own = {
    identity: { name: project.name, version: project.version },
    developerToken: (subject: string): Promise<string | undefined> => tokenOf(config, { project, subject }),
    lintMigrations: async (files?: readonly string[]): Promise<readonly MigrationFinding[]> =>
      (await lintSources(migrationSources(project.services), files)).findings,
    settings: () => effectiveSettings(project, Deno.env.toObject(), dotEnv),
  };
  try {
    return { ...own, ...await openHere(project, config) };
  } catch (error) {
    if (!(error instanceof DirectoryInUseError)) throw error;
    const url = addressOf(config);
    if (url === undefined || !await responds(`${url}/livez`)) throw error;
    return { ...own, ...await openElsewhere(project, { config, url }) };
  }
}

/** Parts of the program that depend on which process serves. */
type Opened = Omit<CommandProgram, "identity" | "developerToken" | "lintMigrations" | "settings">;

async function openHere(project: Project, config: Config): Promise<Opened> {
  await using stack = new AsyncDisposableStack();
  const program = stack.use(
    await boot(config, {
      ...project,
      development: true,
      hasTool: true,
      storesHistory: false,
      isCommand: true,
    }),
  );
  stack.defer(() => program.stop());
  const { database: { pool }, mounted: { services }, migrations, migrated, tool } = program;
  const callers = await openCallers(config, { program, stack });
  const server = stack.use(buildServer(config, { ...program, ...callers, project }));
  const sources = migrationSources(project.services);
  const send = (request: Request): Promise<Response> => server.fetch(request, { clientAddress: "127.0.0.1" });
  tool?.inspect({ pool, services, migrations: sources, hasReference: false, send }, program.stopping);
  await Promise.race([migrated, migrations.waiting]);
  const opened = stack.move();
  return {
    servedBy: undefined,
    ...{ services, pool, send },
    sendToTool: (path) => requestTool(path, { tool, url: addressOf(config) }),
    migrationStatus: () => pool.migrationStatus(sources),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function openElsewhere(
  project: Project,
  { config, url }: { readonly config: Config; readonly url: string },
): Promise<Opened> {
  await using stack = new AsyncDisposableStack();
  const tool = await openTool(config, { name: project.name, development: true, storesHistory: false });
  if (tool !== undefined) stack.use(tool);
  const opened = stack.move();
  return {
    servedBy: url,
    services: await mountUnconnected(project),
    pool: undefined,
    send: (request) => {
      const { pathname, search } = new URL(request.url);
      return fetch(new Request(`${url}${pathname}${search}`, request));
    },
    sendToTool: (path) => requestTool(path, { tool, url }),
    migrationStatus: () => Promise.resolve(undefined),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Requests a path of the tool of a running program, else of this process. */
async function requestTool(
  path: string,
  { tool, url }: { readonly tool: DeveloperTool | undefined; readonly url: string | undefined },
): Promise<ToolResponse | undefined> {
  if (tool === undefined) return undefined;
  if (url !== undefined && await responds(`${url}${tool.path}/api/requests`)) {
    return { url, response: await fetch(`${url}${tool.path}${path}`) };
  }
  const response = await tool.endpoint(new Request(`http://127.0.0.1${tool.path}${path}`), "127.0.0.1");
  return response && { url: undefined, response };
}

async function responds(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_MS) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** Returns the address of a program with the same settings; undefined if it cannot be known. */
function addressOf({ host, port, listener }: Config): string | undefined {
  if (port === 0 || listener.tls !== undefined) return undefined;
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

async function tokenOf(
  { auth, database }: Config,
  { project, subject }: { readonly project: Project; readonly subject: string },
): Promise<string | undefined> {
  return auth.kind === "dev" && database.kind === "embedded"
    ? await developmentToken(database.dataDirectory, { services: project.services, subject })
    : undefined;
}
