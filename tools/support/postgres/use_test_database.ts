import { join } from "node:path";
import postgres from "postgres";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { once, postgresBinaries, temporaryDirectory } from "./postgres_binaries.ts";
import { startPostgres } from "./start_postgres.ts";
import { sweepSharedServers } from "./sweep_shared_servers.ts";

/** A database that exists for one test. */
export interface TestDatabase extends AsyncDisposable {
  readonly instance: InstanceConfig;
}

/**
 * An empty database of real PostgreSQL: on the server of `TEST_POSTGRES_URL` where that is set, else on one server
 * that every test of this process shares and that ends with it. Disposing drops the database.
 */
export async function useTestDatabase(): Promise<TestDatabase> {
  const url = Deno.env.get("TEST_POSTGRES_URL");
  const server = url ? instanceOf(new URL(url)) : await sharedServer();
  const database = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  await execute(server, `CREATE DATABASE ${database}`);
  return {
    instance: { ...server, database },
    async [Symbol.asyncDispose](): Promise<void> {
      await execute(server, `DROP DATABASE ${database} WITH (FORCE)`);
    },
  };
}

const sharedPrefix = join(temporaryDirectory(), "archway_shared_pg_");

/**
 * Test files that run side by side are threads of one process, so they meet in a directory named after it: the
 * first one starts the server, the others read where it is.
 */
async function sharedServer(): Promise<InstanceConfig> {
  const { cache } = await postgresBinaries();
  await Deno.mkdir(cache, { recursive: true });
  using lock = await Deno.open(join(cache, "shared.lock"), { create: true, write: true });
  await lock.lock(true);
  const directory = `${sharedPrefix}${Deno.pid}`;
  const file = join(directory, "instance.json");
  const known = await Deno.readTextFile(file).catch(() => undefined);
  if (known !== undefined) {
    const instance: InstanceConfig = JSON.parse(known);
    // A number can come round again: what an earlier process left behind has no server.
    if (await Deno.stat(instance.host).then(() => true, () => false)) return instance;
    await Deno.remove(directory, { recursive: true });
  }
  await sweepSharedServers(sharedPrefix);
  const server = await startPostgres({ removeToo: directory, settings: { max_connections: "200" } });
  await once(directory, async (beside) => {
    await Deno.mkdir(beside);
    await Deno.writeTextFile(join(beside, "instance.json"), JSON.stringify(server.instance));
  });
  return server.instance;
}

function instanceOf(url: URL): InstanceConfig {
  return {
    host: url.searchParams.get("host") ?? url.hostname,
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: url.pathname.slice(1) || "postgres",
    maxConnections: 5,
  };
}

async function execute(server: InstanceConfig, statement: string): Promise<void> {
  const { host, port, user, password, database } = server;
  const sql = postgres({ host, port, user, password, database, max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}
