import { join } from "node:path";
import { type Config, ConfigError } from "@archway/config/config.ts";
import type { ConfiguredTool, DeveloperTool } from "@archway/service_kit/developer_tool.ts";
import { PROJECT_ROOT } from "./project.ts";

/** Folder for what a tool stores in development, if there is no embedded database. */
const DIRECTORY = ".archway";

/** Returns the tool for developers, if a service of the program has one and it is on. */
export function enabledTool(
  { services }: Pick<Config, "services">,
  development = false,
): ConfiguredTool | undefined {
  return services.flatMap(({ tool }) => tool === undefined ? [] : [tool])
    .find(({ enabled = development }) => enabled);
}

/**
 * Returns the configuration of several processes.
 *
 * @throws {ConfigError} if a tool is on: each process would record its own requests.
 */
export function withoutTool(config: Config): Config {
  const tool = enabledTool(config);
  if (tool === undefined) return config;
  const { count } = config.workers;
  throw new ConfigError([{
    variable: tool.setting,
    reason:
      `cannot be true with ${count} processes (WORKERS), each of which would record only its own requests`,
  }]);
}

/**
 * Opens the tool for developers, if a service of the program has one and it is on.
 *
 * @throws {ConfigError} if it is on outside of development without an admin server to serve it.
 */
export async function openTool(
  config: Pick<Config, "services" | "admin" | "database">,
  { name, development, storesHistory = true }: {
    readonly name: string;
    readonly development: boolean;
    /** @default true */
    readonly storesHistory?: boolean;
  },
): Promise<DeveloperTool | undefined> {
  const { admin, database } = config;
  const configured = enabledTool(config, development);
  if (configured === undefined) return undefined;
  if (!development && admin === undefined) {
    throw new ConfigError([{
      variable: configured.setting,
      reason: "needs ADMIN_PORT, since the public port never serves it",
    }]);
  }
  const directory = database.kind === "embedded" ? database.dataDirectory : DIRECTORY;
  return await configured.open({
    name,
    root: PROJECT_ROOT,
    directory: development && storesHistory ? join(directory, "cockpit") : undefined,
  });
}
