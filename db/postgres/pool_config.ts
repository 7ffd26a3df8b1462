import type { DatabaseObserver } from "../database_observer.ts";

/** How a read finds its replica. */
export type ReaderPolicy = "least-loaded" | "random";

/** One PostgreSQL server and how it is reached. */
export interface InstanceConfig {
  /** A name, an address, or the absolute path of the directory that holds the server's Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Empty where the server asks for none. */
  readonly password: string;
  readonly database: string;
  /** How many connections are opened at most. */
  readonly maxConnections: number;
  /** Absent: no TLS. */
  readonly tls?: TlsConfig;
}

/** How a server proves who it is. */
export interface TlsConfig {
  /** PEM certificates to trust besides the system's. */
  readonly ca?: string;
  /** The name in the server's certificate, where it differs from the host. */
  readonly serverName?: string;
  /**
   * Whether an unproven certificate is refused.
   *
   * @default true
   */
  readonly verify?: boolean;
}

/**
 * What stands between the program and its servers: "transaction" is a pooler that gives every transaction whichever
 * session is free, as PgBouncer does with `pool_mode = transaction`.
 */
export type Pooler = "none" | "transaction";

/** What `openPool` connects to. */
export interface PoolConfig {
  /**
   * The server that takes writes; or several, of which one does, and another one may later. Of several, all have the
   * same user, password, database and number of connections.
   */
  readonly primary: InstanceConfig | readonly [InstanceConfig, ...InstanceConfig[]];
  /** Servers that follow it and take reads. */
  readonly replicas: readonly InstanceConfig[];
  /**
   * Behind a pooler nothing is prepared, and sessions are not told to be read-only or how long a statement may run:
   * only transactions are.
   *
   * @default "none"
   */
  readonly pooler?: Pooler;
  /**
   * How long a statement may run before the server ends it, in milliseconds; 0: for ever. PGlite ignores it.
   *
   * @default 30_000
   */
  readonly statementTimeoutMs?: number;
  /**
   * How long opening a connection may take, in milliseconds.
   *
   * @default 5_000
   */
  readonly connectTimeoutMs?: number;
  /**
   * When an unused connection is closed, in milliseconds; 0: never.
   *
   * @default 60_000
   */
  readonly idleTimeoutMs?: number;
  /**
   * How long a connection is used before it is replaced by a new one, in milliseconds, a fifth more or less; 0: for
   * ever.
   *
   * @default 1_800_000
   */
  readonly lifetimeMs?: number;
  /**
   * How long a caller waits for a connection, in milliseconds, before it is told "saturated".
   *
   * @default 3_000
   */
  readonly acquireTimeoutMs?: number;
  /**
   * The same, in milliseconds, while others are served: then there is more to do than can be done, and no server that
   * may be about to come back.
   *
   * @default 1_000
   */
  readonly queueTimeoutMs?: number;
  /**
   * How many callers may wait for a connection to one server at the same time. More are told "saturated" at once.
   *
   * @default 5_000
   */
  readonly maxWaiting?: number;
  /**
   * How long a transaction may last, in milliseconds, unless it says otherwise; 0: for ever.
   *
   * @default 60_000
   */
  readonly transactionTimeoutMs?: number;
  /**
   * How a read finds its replica.
   *
   * @default "least-loaded"
   */
  readonly readerPolicy?: ReaderPolicy;
  /**
   * How far a replica may be behind and still take reads, in milliseconds.
   *
   * @default 10_000
   */
  readonly replicaMaxLagMs?: number;
  /**
   * How long a replica may take to answer a probe, in milliseconds, before it counts as lost, and every read that
   * waits for it is sent elsewhere; and how long the primary may take to tell how it is.
   *
   * @default 2_000
   */
  readonly replicaProbeTimeoutMs?: number;
  /**
   * How long after a probe of a replica the next one follows, in milliseconds.
   *
   * @default 1_000
   */
  readonly replicaProbeIntervalMs?: number;
  /**
   * How long a reader waits for a replica that has not replayed yet what it has to see, in milliseconds, before the
   * primary reads; 0: not at all.
   *
   * @default 50
   */
  readonly consistencyMaxWaitMs?: number;
  /**
   * Named to the server, shown in pg_stat_activity.
   *
   * @default "archway"
   */
  readonly applicationName?: string;
  /**
   * Told the channel of every notification that one of the sessions is sent. The pool sets it: those who listen are told
   * by it.
   */
  readonly onNotification?: (channel: string) => void;
  /** Watches statements and transactions; absent: nobody does, which costs nothing. */
  readonly observer?: DatabaseObserver;
}
