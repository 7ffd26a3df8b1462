import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import type { PostgresServer } from "../support/postgres/postgres_server.ts";
import { startPostgres } from "../support/postgres/start_postgres.ts";
import { startStandby } from "../support/postgres/start_standby.ts";
import { seedContacts } from "./seed_contacts.ts";

/** Nothing of PostgreSQL's own may come in the middle of a round, and all of the table is to fit. */
const SETTINGS = { "autovacuum": "off", "shared_buffers": "512MB", "max_wal_size": "4GB" };

const POOL_SIZE = 10;
const SAMPLE = 4096;

/** A primary with many contacts and its replicas; they end when it is disposed. */
export interface DepthCluster extends AsyncDisposable {
  readonly primary: InstanceConfig;
  readonly replicas: readonly InstanceConfig[];
  readonly contacts: number;
  /** Of some contacts, spread over all of them. */
  readonly ids: readonly string[];
}

/** What a cluster is to be. */
export interface ClusterOptions {
  readonly contacts: number;
  readonly replicas: number;
  /** Told what is begun. */
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Starts the servers, fills the primary, and lets the others copy it. */
export async function startDepthCluster(
  { contacts, replicas, onProgress, signal }: ClusterOptions,
): Promise<DepthCluster> {
  await using stack = new AsyncDisposableStack();
  onProgress(`Starting PostgreSQL and filling a database with ${contacts.toLocaleString("en")} contacts`);
  const server = stack.use(await startPostgres({ tcp: true, settings: SETTINGS }));
  const instance = await server.createDatabase("bench");
  const ids = await seedContacts(instance, { sampleSize: SAMPLE, count: contacts, signal });
  await using pool = openPool({ primary: instance, replicas: [], statementTimeoutMs: 0 });
  await pool.writer().query("checkpoint");
  const standbys: PostgresServer[] = [];
  for (let index = 0; index < replicas; index++) {
    signal.throwIfAborted();
    onProgress(`Copying it to replica ${index + 1}`);
    const standby = stack.use(await startStandby(server, { tcp: true, settings: SETTINGS }));
    await standby.catchUp(server);
    standbys.push(standby);
  }
  const reached = ({ tcpInstance }: PostgresServer): InstanceConfig => ({
    ...tcpInstance,
    database: instance.database,
    maxConnections: POOL_SIZE,
  });
  const owned = stack.move();
  return {
    primary: reached(server),
    replicas: standbys.map(reached),
    contacts,
    ids,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
