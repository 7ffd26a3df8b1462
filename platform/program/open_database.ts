import { join } from "node:path";
import type { Config } from "@archway/config/config.ts";
import type { PostgresConfig } from "@archway/config/database_config.ts";
import type { PoolConfig as ConnectionConfig } from "@archway/config/pool_config.ts";
import type { DatabaseObserver } from "@archway/db/database_observer.ts";
import type { ConnectionPool } from "@archway/db/db.ts";
import { EmbeddedError } from "@archway/db/embedded/embedded_error.ts";
import { startEmbedded } from "@archway/db/embedded/start_embedded.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { PoolConfig } from "@archway/db/postgres/pool_config.ts";
import { loadOrCreateSecret } from "@archway/service_kit/signing.ts";

/** The database the configuration asks for, and what hangs on the choice. */
export interface Database extends AsyncDisposable {
  readonly pool: ConnectionPool;
  /** What signs cursors and tokens, newest first. */
  readonly hmacSecrets: readonly [string, ...string[]];
  /** For people: which database it is and where, without secrets. */
  readonly description: string;
}

/** How connections are used, whichever database they lead to. */
type PoolOptions = ConnectionConfig & Partial<PoolConfig>;

/** Opens the database: starts the embedded one, or prepares the way to a real one, which need not be up yet. */
export async function openDatabase(config: Config, observer?: DatabaseObserver): Promise<Database> {
  const { pool, consistencyMaxWaitMs } = config;
  const options = { ...pool, consistencyMaxWaitMs, ...(observer === undefined ? {} : { observer }) };
  return config.database.kind === "embedded"
    ? await openEmbedded(config, config.database.dataDirectory, options)
    : openPostgres(config, config.database, options);
}

async function openEmbedded(config: Config, folder: string, options: PoolOptions): Promise<Database> {
  await ensureDataDirectory(folder);
  await using stack = new AsyncDisposableStack();
  const embedded = stack.use(await startEmbedded({ dataDirectory: join(folder, "postgres") }));
  const pool = stack.use(openPool({ ...options, primary: embedded.instance, replicas: [] }));
  const hmacSecrets = config.hmacSecrets ?? [await loadOrCreateSecret(folder)] as const;
  const opened = stack.move();
  return {
    pool,
    hmacSecrets,
    description: `PostgreSQL inside the program, data in ${folder}`,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/**
 * Makes the folder of the embedded database, which nobody else may look into.
 * @throws {EmbeddedError} when that is not possible.
 */
export async function ensureDataDirectory(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "it cannot be made";
    throw new EmbeddedError(`The embedded database has no folder ${folder}: ${reason}`, { cause });
  }
}

function openPostgres(config: Config, database: PostgresConfig, options: PoolOptions): Database {
  // The configuration requires secrets beside a real database.
  if (config.hmacSecrets === undefined) throw new Error("Opening the database: no secret is configured");
  const pool = openPool({ ...options, ...database });
  const { primary, replicas } = database;
  const hosts = primary.map(({ host, port }) => `${host}:${port}`).join(",");
  const followers = replicas.length === 0
    ? ""
    : `, ${replicas.length} read replica${replicas.length === 1 ? "" : "s"}`;
  return {
    pool,
    hmacSecrets: config.hmacSecrets,
    description: `PostgreSQL at ${hosts}/${primary[0].database}${followers}`,
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}
