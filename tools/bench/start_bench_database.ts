import { join } from "node:path";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { giveTo } from "../support/postgres/base_backup.ts";
import { postgresBinaries } from "../support/postgres/postgres_binaries.ts";
import type { PostgresServer } from "../support/postgres/postgres_server.ts";
import type { StandbyServer } from "../support/postgres/standby_server.ts";
import { startPostgres, type StartPostgresOptions } from "../support/postgres/start_postgres.ts";
import { startStandby } from "../support/postgres/start_standby.ts";
import type { ProgramOwner } from "./programs.ts";
import { progress } from "./progress.ts";
import { CONTACT_COUNT, seedContacts } from "./seed_contacts.ts";

/** A PostgreSQL server with data, and its replicas. */
export interface BenchDatabase {
  readonly database: InstanceConfig;
  readonly replicas: readonly InstanceConfig[];
  readonly servers: { readonly primary: PostgresServer; readonly replicas: readonly PostgresServer[] };
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
  /** Folder in which the data of the servers stays for other runs. @default it is removed at the end */
  readonly folder?: string | undefined;
  /** Migrates the database, fills it, and returns ids of its contents. @default seedContacts */
  readonly fill?: (database: InstanceConfig) => Promise<readonly string[]>;
}

/** Starts a PostgreSQL for a run, fills a database of it, and lets replicas copy it; data that stayed is used again. */
export async function startBenchDatabase(
  { stack, signal }: ProgramOwner,
  { contacts: count = CONTACT_COUNT, replicas = 0, settings = {}, folder, fill }: BenchDatabaseOptions = {},
): Promise<BenchDatabase> {
  progress("Starting PostgreSQL and filling a database");
  const optionsOf = (name: string): StartPostgresOptions => ({
    ...{ tcp: true, settings: { autovacuum: "off", ...settings } },
    ...(folder !== undefined && { dataDirectory: join(folder, name) }),
  });
  if (folder !== undefined) {
    await Deno.mkdir(folder, { recursive: true });
    await giveTo((await postgresBinaries()).owner, folder);
  }
  const keep = <Server extends PostgresServer>(server: Server): Server => {
    stack.use(server);
    // Without a recovery at the next start.
    if (folder !== undefined) stack.defer(() => server.stop());
    return server;
  };
  const server = keep(await startPostgres(optionsOf("primary")));
  const own = { database: "bench", maxConnections: 10 };
  await createMissing(server, own.database);
  const database = { ...server.tcpInstance, ...own };
  const ids = await (fill?.(database) ?? seedContacts(database, { sampleSize: 4096, count, signal }));
  if (replicas > 0) {
    await using pool = openPool({ primary: database, replicas: [], statementTimeoutMs: 0 });
    await pool.writer().query("checkpoint");
  }
  const standbys: StandbyServer[] = [];
  while (standbys.length < replicas) {
    signal.throwIfAborted();
    progress(`Copying it to replica ${standbys.length + 1}`);
    const standby = keep(await startStandby(server, optionsOf(`replica${standbys.length + 1}`)));
    await standby.catchUp(server);
    standbys.push(standby);
  }
  return {
    ...{ database, ids, servers: { primary: server, replicas: standbys } },
    replicas: standbys.map((standby) => ({ ...standby.tcpInstance, ...own })),
  };
}

async function createMissing(server: PostgresServer, name: string): Promise<void> {
  await using pool = openPool({ primary: server.instance, replicas: [] });
  const { rowCount } = await pool.writer().query("select from pg_database where datname = $1", [name]);
  if (rowCount === 0) await server.createDatabase(name);
}
