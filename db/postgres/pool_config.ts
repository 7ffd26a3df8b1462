import type { DatabaseObserver } from "../database_observer.ts";

/** Policy for choosing the replica of a read. */
export type ReaderPolicy = "least-loaded" | "random";

/** Clients of PostgreSQL's protocol: our own in `wire/`, and the package of that name. */
export const DRIVERS = ["wire", "postgres.js"] as const;

/** Client of PostgreSQL's protocol. */
export type DriverName = typeof DRIVERS[number];

/** Driver of connections for which none is chosen. */
export const DEFAULT_DRIVER: DriverName = "wire";

/** Address and credentials of a PostgreSQL server, and the driver of its connections. */
export interface InstanceConfig {
  /** Host name, address, or absolute path of the directory of the server's Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Empty if the server requires none. */
  readonly password: string;
  /**
   * Returns the password for a new connection, instead of `password`: one that is rotated, or a token that expires, such
   * as of IAM. The signal aborts at `connectTimeoutMs`.
   */
  readonly readPassword?: (options: { readonly signal: AbortSignal }) => Promise<string>;
  readonly database: string;
  /** Maximum number of connections. */
  readonly maxConnections: number;
  /** TLS; disabled if absent. */
  readonly tls?: TlsConfig;
  /** Command-line options of its sessions, such as "-c search_path=app" (libpq's `options`). */
  readonly options?: string;
  /**
   * Whether it takes rows by COPY. The engine of the embedded database reads a statement with all that belongs to it at
   * once.
   *
   * @default true
   */
  readonly takesCopy?: boolean;
  /** @default "wire" */
  readonly driver?: DriverName;
}

/** Verification of a server's certificate. */
export interface TlsConfig {
  /** PEM certificates to trust in addition to the system's. */
  readonly ca?: string;
  /** PEM certificate of the client, with `key`. */
  readonly cert?: string;
  /** PEM private key of the client. */
  readonly key?: string;
  /** Name in the server's certificate, if it differs from the host. */
  readonly serverName?: string;
  /**
   * Whether an untrusted certificate is rejected.
   *
   * @default true
   */
  readonly verify?: boolean;
  /**
   * Start of TLS: "request" asks the server first; "direct" begins with TLS, which saves a round trip and needs
   * PostgreSQL 17 or a proxy that expects it.
   *
   * @default "request"
   */
  readonly negotiation?: "request" | "direct";
}

/**
 * Connection pooler in front of the servers. "transaction" assigns a session to every transaction, as PgBouncer does
 * with `pool_mode = transaction`.
 */
export type Pooler = "none" | "transaction";

/** Takes a lock for migrations. Rejects with the reason of the signal when that ends the wait. */
export type LockMigrations = (
  options: { readonly onWait: () => void; readonly signal?: AbortSignal | undefined },
) => Promise<Disposable>;

/** Configuration of `openPool`. */
export interface PoolConfig {
  /**
   * Primary, or the servers of which one is the primary and another may become it. They share user, password, database
   * and number of connections.
   */
  readonly primary: InstanceConfig | readonly [InstanceConfig, ...InstanceConfig[]];
  /** Replicas, which take reads. */
  readonly replicas: readonly InstanceConfig[];
  /**
   * Pooler in front of the servers. With one, statements are not prepared unless
   * `poolerStatements` says so, and read-only mode and timeouts are set per
   * transaction instead of per session.
   *
   * @default "none"
   */
  readonly pooler?: Pooler;
  /**
   * Maximum number of prepared statements of a connection behind a pooler that supports them, such as PgBouncer from 1.21
   * on with `max_prepared_statements`; 0 prepares none. postgres.js ignores it.
   *
   * @default 0
   */
  readonly poolerStatements?: number;
  /**
   * Statement timeout on the server, in milliseconds; 0 disables it. Ignored by PGlite.
   *
   * @default 30_000
   */
  readonly statementTimeoutMs?: number;
  /**
   * Timeout of opening a connection, in milliseconds.
   *
   * @default 5_000
   */
  readonly connectTimeoutMs?: number;
  /**
   * Idle time after which a connection is closed, in milliseconds; 0 disables it.
   *
   * @default 60_000
   */
  readonly idleTimeoutMs?: number;
  /**
   * Number of connections to each server that are opened in advance and kept although idle, at most
   * `maxConnections`.
   *
   * @default 0
   */
  readonly minConnections?: number;
  /**
   * Maximum connection age in milliseconds, ±20 % jitter; 0 disables it.
   *
   * @default 1_800_000
   */
  readonly lifetimeMs?: number;
  /**
   * Maximum wait for a connection in milliseconds, before a caller fails with "saturated".
   *
   * @default 3_000
   */
  readonly acquireTimeoutMs?: number;
  /**
   * Maximum wait for a connection while the pool is saturated, in milliseconds. It applies while other callers are
   * served. Without progress, `acquireTimeoutMs` applies: the server may be about to come back.
   *
   * @default 1_000
   */
  readonly queueTimeoutMs?: number;
  /**
   * Maximum number of callers waiting for a connection to one server. Further ones fail with code "saturated".
   *
   * @default 5_000
   */
  readonly maxWaiting?: number;
  /**
   * Maximum number of statements in flight on one connection. Only fast reads share a connection that much.
   *
   * @default 8, and 1 behind a pooler that does not follow prepared statements
   */
  readonly maxPipelined?: number;
  /**
   * Default timeout of a transaction in milliseconds; 0 disables it.
   *
   * @default 60_000
   */
  readonly transactionTimeoutMs?: number;
  /**
   * Maximum wait of a migration's statement for a lock, in milliseconds; 0 for the setting of the role or server. The
   * file is then rolled back and attempted again.
   *
   * @default 2_000
   */
  readonly migrationLockTimeoutMs?: number;
  /**
   * Attempts to run a migration that waits for locks.
   *
   * @default 30
   */
  readonly migrationLockAttempts?: number;
  /**
   * Takes a lock for migrations beside that of the server, where processes share a session.
   *
   * @default none
   */
  readonly lockMigrations?: LockMigrations;
  /**
   * Policy for choosing the replica of a read.
   *
   * @default "least-loaded"
   */
  readonly readerPolicy?: ReaderPolicy;
  /**
   * Maximum replication lag of a replica that takes reads, in milliseconds.
   *
   * @default 10_000
   */
  readonly replicaMaxLagMs?: number;
  /**
   * Timeout of health probes in milliseconds. A replica that exceeds it is taken out, and its pending reads are retried
   * elsewhere. It also applies to the primary. While callers wait for a connection, another attempt to connect is made
   * beside one that takes longer.
   *
   * @default 2_000
   */
  readonly replicaProbeTimeoutMs?: number;
  /**
   * Interval between health probes of a replica, in milliseconds.
   *
   * @default 1_000
   */
  readonly replicaProbeIntervalMs?: number;
  /**
   * Maximum wait for a replica to replay a required position, in milliseconds. The primary takes the read after it; 0
   * disables waiting.
   *
   * @default 50
   */
  readonly consistencyMaxWaitMs?: number;
  /**
   * Whether `position()` reads the position of the primary. Without it, the position makes every process read from the
   * primary, which is always correct and costs nothing.
   *
   * @default true with replicas
   */
  readonly readsPosition?: boolean | undefined;
  /**
   * Application name, as shown in pg_stat_activity.
   *
   * @default "archway"
   */
  readonly applicationName?: string;
  /**
   * SQL that runs in every new session, such as `SET ROLE app`. Statements are separated by semicolons. Ignored behind a
   * pooler, which shares its sessions.
   */
  readonly sessionSql?: string | undefined;
  /** Called with the channel of every notification that a session receives. Set by the pool for its listeners. */
  readonly onNotification?: (channel: string) => void;
  /** Observer of statements and transactions; disabled, without overhead, if absent. */
  readonly observer?: DatabaseObserver;
}
