import { join } from "node:path";
import postgres from "postgres";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { exists } from "../exists.ts";
import { once, temporaryDirectory } from "../once.ts";
import { makeMemoryFolder } from "./memory_folder.ts";
import { postgresBinaries } from "./postgres_binaries.ts";
import { startPostgres } from "./start_postgres.ts";
import { testDriver } from "./test_driver.ts";
import { sweepSharedServers } from "./sweep_shared_servers.ts";

const sharedPrefix = join(temporaryDirectory(), "archway_shared_pg_");

/**
 * Returns the server for test databases. It is that of `TEST_POSTGRES_URL` if set, otherwise one shared by all tests of
 * this process, with which it ends.
 */
export async function testServer(): Promise<InstanceConfig> {
  const url = Deno.env.get("TEST_POSTGRES_URL");
  return url ? instanceOf(new URL(url)) : await (await runningServer() ?? startSharedServer());
}

/** Runs a statement on a server, over a new connection. */
export async function execute(server: InstanceConfig, statement: string): Promise<void> {
  const { host, port, user, password, database } = server;
  const sql = postgres({ host, port, user, password, database, max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}

/**
 * Returns the directory shared by the test files of this process. They run in threads: the first one starts the server,
 * the others read its address.
 */
function sharedDirectory(): string {
  return `${sharedPrefix}${Deno.pid}`;
}

async function startSharedServer(): Promise<InstanceConfig> {
  const { cache } = await postgresBinaries();
  await Deno.mkdir(cache, { recursive: true });
  using lock = await Deno.open(join(cache, "shared.lock"), { create: true, write: true });
  await lock.lock(true);
  const running = await runningServer();
  if (running !== undefined) return running;
  const directory = sharedDirectory();
  // Process ids are reused: a directory of an earlier process has no server.
  await Deno.remove(directory, { recursive: true }).catch(() => undefined);
  await sweepSharedServers(sharedPrefix);
  const server = await startPostgres({ removeToo: directory, settings: { max_connections: "200" } });
  await keepInMemory(server.instance);
  await once(directory, async (beside) => {
    await Deno.mkdir(beside);
    await Deno.writeTextFile(join(beside, "instance.json"), JSON.stringify(server.instance));
  });
  return server.instance;
}

/**
 * Lets a server keep databases in memory, if there is enough: each consists of 300 files, which are costly to create on
 * some disks.
 */
async function keepInMemory(server: InstanceConfig): Promise<void> {
  const { owner } = await postgresBinaries();
  const folder = await makeMemoryFolder(server.host, owner);
  if (folder === undefined) return;
  await execute(server, `CREATE TABLESPACE memory LOCATION '${folder}'`);
  // New databases are where the database is that they copy.
  await execute(server, "ALTER DATABASE template1 SET TABLESPACE memory");
}

async function runningServer(): Promise<InstanceConfig | undefined> {
  const text = await Deno.readTextFile(join(sharedDirectory(), "instance.json")).catch(() => undefined);
  if (text === undefined) return undefined;
  const instance: InstanceConfig = JSON.parse(text);
  return await exists(instance.host) ? instance : undefined;
}

function instanceOf(url: URL): InstanceConfig {
  return {
    host: url.searchParams.get("host") ?? url.hostname,
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: url.pathname.slice(1) || "postgres",
    maxConnections: 5,
    ...testDriver(),
  };
}
