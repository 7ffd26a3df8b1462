import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { startPostgres } from "../support/postgres/start_postgres.ts";
import { LoadGenerator } from "./programs.ts";
import { seedContacts } from "./seed_contacts.ts";

const POOL_SIZE = 10;
const SAMPLE = 4096;

/** Migrates a database, fills it, and returns ids of its contents. */
export type FillDatabase = (database: InstanceConfig, generator: LoadGenerator) => Promise<readonly string[]>;

/** A database with something in it, and who puts services on it under load. Disposing ends both. */
export interface BenchDatabase extends AsyncDisposable {
  readonly database: InstanceConfig;
  /** Of what it was filled with; of contacts some, spread over all of them. */
  readonly ids: readonly string[];
  readonly generator: LoadGenerator;
}

/**
 * Starts a PostgreSQL, fills a database of it, with contacts unless something else is asked for, and starts a load
 * generator, which the signal ends.
 */
export async function startBenchDatabase(
  signal: AbortSignal,
  fill: FillDatabase = (database) => seedContacts(database, { sampleSize: SAMPLE }),
): Promise<BenchDatabase> {
  await using stack = new AsyncDisposableStack();
  // Nothing of PostgreSQL's own may come in the middle of a round.
  const postgres = await startPostgres({ tcp: true, settings: { "autovacuum": "off" } });
  stack.defer(async () => {
    await postgres.stop();
    await postgres[Symbol.asyncDispose]();
  });
  const database = { ...postgres.tcpInstance, database: "bench", maxConnections: POOL_SIZE };
  {
    await using pool = openPool({ primary: postgres.tcpInstance, replicas: [] });
    await pool.writer().query(`create database ${database.database}`);
  }
  const generator = stack.use(new LoadGenerator());
  // Not to wait for the end of a load that nobody wants any more.
  signal.addEventListener("abort", () => generator[Symbol.asyncDispose](), { once: true });
  const ids = await fill(database, generator);
  const owned = stack.move();
  return { database, ids, generator, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
