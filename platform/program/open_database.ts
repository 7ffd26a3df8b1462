import { join } from "node:path";
import type { PostgresConfig } from "@archway/config/database_config.ts";
import type { PoolConfig as ConnectionConfig } from "@archway/config/pool_config.ts";
import type { StorageConfig } from "@archway/config/storage_config.ts";
import type { DatabaseObserver } from "@archway/db/database_observer.ts";
import type { ConnectionPool } from "@archway/db/db.ts";
import { EmbeddedError } from "@archway/db/embedded/embedded_error.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { DEFAULT_DRIVER, type DriverName, type PoolConfig } from "@archway/db/postgres/pool_config.ts";
import { notify } from "./print.ts";

/** Configured database, embedded or external. */
export interface Database extends AsyncDisposable {
  readonly pool: ConnectionPool;
  /** Kind and location for messages, without secrets. */
  readonly description: string;
  /** Whether it is inside another process of the program, with which it ends. */
  readonly isElsewhere: boolean;
}

/** Options of the pool for either kind of database. */
type PoolOptions = Omit<ConnectionConfig, "driver"> & Partial<PoolConfig>;

/** Options of {@link openDatabase}. */
export interface OpenDatabaseOptions {
  readonly observer?: DatabaseObserver | undefined;
  /** Called when the embedded database aborts or runs again; printed to the standard error if absent. */
  readonly onMessage?: (message: string) => void;
  /** Called if another process uses the embedded database for itself; printed if absent. */
  readonly onWait?: () => void;
  /**
   * Use of the embedded database: "service" lets other processes use it, too; "command" uses that of a service, if one
   * runs; "exclusive" does neither.
   *
   * @default "exclusive"
   */
  readonly use?: EmbeddedUse;
}

type EmbeddedUse = "service" | "command" | "exclusive";

/** Reports a wait for another process. */
export const WAITING = "Waiting for another process that uses the embedded database";

/** Maximum wait of a command for the session, which it may share with a service, in milliseconds. */
const SESSION_WAIT_MS = 60_000;

/** Starts the embedded database, or opens a pool for an external one, which need not be reachable yet. */
export async function openDatabase(
  config: StorageConfig,
  {
    observer,
    onMessage = (message): void => notify(`Embedded database: ${message}\n`),
    onWait = (): void => notify(`${WAITING}\n`),
    use = "exclusive",
  }: OpenDatabaseOptions = {},
): Promise<Database> {
  const { pool: { driver, ...pool }, consistencyMaxWaitMs, consistencyPositions: readsPosition } = config;
  const options = {
    ...pool,
    consistencyMaxWaitMs,
    readsPosition,
    ...(observer === undefined ? {} : { observer }),
  };
  return config.database.kind === "embedded"
    ? await openEmbedded({
      ...options,
      driver,
      dataDirectory: config.database.dataDirectory,
      onMessage,
      onWait,
      use,
    })
    : openPostgres(withDriver(config.database, driver), options);
}

async function openEmbedded(
  { dataDirectory: directory, driver, onMessage, onWait, use, ...options }: PoolOptions & {
    readonly driver: DriverName;
    readonly dataDirectory: string;
    readonly onMessage: (message: string) => void;
    readonly onWait: () => void;
    readonly use: EmbeddedUse;
  },
): Promise<Database> {
  await ensureDataDirectory(directory);
  const [{ joinEmbedded }, { lockMigrations }] = await Promise.all([
    import("@archway/db/embedded/join_embedded.ts"),
    import("@archway/db/embedded/lock_directory.ts"),
  ]);
  await using stack = new AsyncDisposableStack();
  const dataDirectory = join(directory, "postgres");
  const { instance, isElsewhere } = stack.use(
    await joinEmbedded({
      ...{ dataDirectory, onMessage, onWait, sessionSql: options.sessionSql },
      isShared: use === "service",
      joins: use === "command",
    }),
  );
  const pool = stack.use(
    openPool({
      ...options,
      ...(use !== "service" && {
        connectTimeoutMs: SESSION_WAIT_MS,
        acquireTimeoutMs: SESSION_WAIT_MS,
        replicaProbeTimeoutMs: SESSION_WAIT_MS,
      }),
      // PGlite enforces no statement timeout, and a statement may wait for a transaction of another connection.
      statementTimeoutMs: 0,
      lockMigrations: (options) => lockMigrations(dataDirectory, options),
      primary: { ...instance, driver },
      replicas: [],
    }),
  );
  const opened = stack.move();
  return {
    ...{ pool, isElsewhere },
    description: `embedded PostgreSQL, data in ${directory}`,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/**
 * Creates the data directory of the embedded database, accessible to its owner only.
 *
 * @throws {EmbeddedError} when that fails.
 */
export async function ensureDataDirectory(directory: string): Promise<void> {
  try {
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const reason = cause instanceof Deno.errors.NotCapable
      ? "the program's permissions exclude it, as they do /dev, /proc and /sys"
      : cause instanceof Error
      ? cause.message
      : "unknown error";
    throw new EmbeddedError(
      `Data directory ${directory} could not be created: ${reason}; set EMBEDDED_DATA_DIR to another directory`,
      { cause },
    );
  }
}

function withDriver(database: PostgresConfig, driver: DriverName): PostgresConfig {
  const [first, ...others] = database.primary;
  return {
    ...database,
    primary: [{ ...first, driver }, ...others.map((host) => ({ ...host, driver }))],
    replicas: database.replicas.map((replica) => ({ ...replica, driver })),
  };
}

function openPostgres(database: PostgresConfig, options: PoolOptions): Database {
  const pool = openPool({ ...options, ...database });
  const { primary, replicas } = database;
  const [{ driver = DEFAULT_DRIVER }] = primary;
  const hosts = primary.map(({ host, port }) => `${host}:${port}`).join(",");
  const readReplicas = replicas.length === 0
    ? ""
    : `, ${replicas.length} read replica${replicas.length === 1 ? "" : "s"}`;
  return {
    ...{ pool, isElsewhere: false },
    description: `PostgreSQL at ${hosts}/${primary[0].database}${readReplicas}, driver ${driver}`,
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}
