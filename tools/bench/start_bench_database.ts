import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { startPostgres } from "../support/postgres/start_postgres.ts";
import { startStandby } from "../support/postgres/start_standby.ts";
import type { ProgramOwner } from "./programs.ts";
import { progress } from "./progress.ts";
import { CONTACT_COUNT, seedContacts } from "./seed_contacts.ts";

/** A PostgreSQL server with data, and its replicas. */
export interface BenchDatabase {
  readonly database: InstanceConfig;
  readonly replicas: readonly InstanceConfig[];
  /** Ids of its data, spread over all of it. */
  readonly ids: readonly string[];
}

/** Options of {@link startBenchDatabase}. */
interface BenchDatabaseOptions {
  /** @default CONTACT_COUNT */
  readonly contacts?: number;
  /** @default {0} */
  readonly replicas?: number;
  /** Settings of PostgreSQL beside `autovacuum=off`, which would interfere with a round. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Migrates the database, fills it, and returns ids of its contents. @default seedContacts */
  readonly fill?: (database: InstanceConfig) => Promise<readonly string[]>;
}

/** Starts a PostgreSQL for a run, fills a database of it, and lets replicas copy it. */
export async function startBenchDatabase(
  { stack, signal }: ProgramOwner,
  { contacts: count = CONTACT_COUNT, replicas = 0, settings = {}, fill }: BenchDatabaseOptions = {},
): Promise<BenchDatabase> {
  progress("Starting PostgreSQL and filling a database");
  const options = { tcp: true, settings: { autovacuum: "off", ...settings } };
  const server = stack.use(await startPostgres(options));
  const own = { database: "bench", maxConnections: 10 };
  await server.createDatabase(own.database);
  const database = { ...server.tcpInstance, ...own };
  const ids = await (fill?.(database) ?? seedContacts(database, { sampleSize: 4096, count, signal }));
  if (replicas > 0) {
    await using pool = openPool({ primary: database, replicas: [], statementTimeoutMs: 0 });
    await pool.writer().query("checkpoint");
  }
  const standbys: InstanceConfig[] = [];
  while (standbys.length < replicas) {
    signal.throwIfAborted();
    progress(`Copying it to replica ${standbys.length + 1}`);
    const standby = stack.use(await startStandby(server, options));
    await standby.catchUp(server);
    standbys.push({ ...standby.tcpInstance, ...own });
  }
  return { database, replicas: standbys, ids };
}
