import { join, resolve } from "node:path";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { FIXTURE_PROGRAM } from "../support/program.ts";
import { HttpServerProcess } from "./http_server_process.ts";

const ROOT = join(import.meta.dirname ?? ".", "../..");

/** Permissions of a program that opens the driver, which reads unset PG… variables while it is loaded. */
export const DRIVER_PERMISSIONS = ["--allow-net=127.0.0.1", "--allow-env", "--allow-sys"];

/** Database of a service: a PostgreSQL server, or the embedded one. */
export type ServiceDatabase = InstanceConfig | { readonly embedded: string };

/** Owner of a program that is started, such as a run of a scenario. */
export interface ProgramOwner {
  readonly stack: AsyncDisposableStack;
  readonly signal: AbortSignal;
}

/** Options of {@link startService}. */
interface ServiceOptions {
  /** Main module, from the root of the project. @default FIXTURE_PROGRAM */
  readonly main?: string;
  /** Executable that is run instead. */
  readonly executable?: string;
  /** Servers that follow the database and take reads. */
  readonly replicas?: readonly InstanceConfig[];
  /** Variables that configure it, beside those of the database. */
  readonly env?: Readonly<Record<string, string>>;
  /** Permission set. @default {"default"} */
  readonly permissions?: string;
}

/** Returns the variables of a service that keeps its data on a server. */
export function serviceEnvironment(database: InstanceConfig): Readonly<Record<string, string>> {
  return {
    ...instanceEnvironment("PRIMARY", database),
    POSTGRES_PRIMARY_USER: database.user,
    // The server trusts every connection, but the service requires a password.
    POSTGRES_PRIMARY_PASSWORD: database.password || "unused",
    POSTGRES_PRIMARY_DATABASE: database.database,
    MIGRATE_ON_START: "true",
    HMAC_SECRET: crypto.randomUUID(),
    AUTH_MODE: "none",
    RATE_LIMIT: "off",
  };
}

function instanceEnvironment(
  name: string,
  { host, port, maxConnections }: InstanceConfig,
): Readonly<Record<string, string>> {
  const prefix = `POSTGRES_${name}`;
  const numbers = { [`${prefix}_PORT`]: String(port), [`${prefix}_POOL_MAX_CONNS`]: String(maxConnections) };
  return { [`${prefix}_HOST`]: host, ...numbers };
}

/** Starts a service as `deno task start` does, and waits until it is ready; with replicas, until it reads from them. */
export async function startService(
  database: ServiceDatabase,
  { stack, signal }: ProgramOwner,
  { main = FIXTURE_PROGRAM, executable, replicas = [], env = {}, permissions = "default" }: ServiceOptions =
    {},
): Promise<HttpServerProcess> {
  const followers = replicas.map((replica, index) => instanceEnvironment(`REPLICA_${index}`, replica));
  const own = "embedded" in database
    ? { EMBEDDED_DATA_DIR: database.embedded }
    : serviceEnvironment(database);
  const variables = Object.assign({ HOST: "127.0.0.1", PORT: "0", ...own }, ...followers, env);
  const command = executable === undefined
    ? { args: [`-P=${permissions}`, resolve(ROOT, main)] }
    : { program: executable, args: [] };
  const server = stack.use(await HttpServerProcess.start({ ...command, env: variables }));
  await (replicas.length === 0 ? server.untilReady(signal) : server.untilHealthy(signal));
  return server;
}

/** Starts the bare handler on the same database. */
export async function startBareServer(
  database: InstanceConfig,
  { stack }: ProgramOwner,
): Promise<HttpServerProcess> {
  const file = join(import.meta.dirname ?? ".", "bare_handler.ts");
  return stack.use(
    await HttpServerProcess.start({ args: [...DRIVER_PERMISSIONS, file, JSON.stringify(database)] }),
  );
}
