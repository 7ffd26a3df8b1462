/**
 * Database port of the services. Persistence code runs SQL on a {@link Querier}, which use cases get from the
 * {@link ConnectionPool}; main.ts decides which driver and which servers are behind them.
 *
 * Column values are the same with every adapter:
 *
 * | PostgreSQL            | TypeScript                                                      |
 * | --------------------- | --------------------------------------------------------------- |
 * | text, uuid, citext    | string                                                          |
 * | int2, int4, float4/8  | number                                                          |
 * | int8                  | bigint                                                          |
 * | numeric               | string                                                          |
 * | boolean               | boolean                                                         |
 * | timestamptz           | string, RFC 3339 in UTC with up to six fraction digits          |
 * | json, jsonb           | the parsed value                                                |
 * | bytea                 | Uint8Array                                                      |
 * | arrays of these       | arrays                                                          |
 * | null                  | null                                                            |
 */

/** Value that can be bound to `$1`, `$2`, …. */
export type QueryParameter =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly (null | boolean | number | bigint | string)[];

/** Result of a statement. */
export interface QueryResult<Row> {
  readonly rows: readonly Row[];
  /** Rows returned, or changed by an INSERT, UPDATE or DELETE without RETURNING. */
  readonly rowCount: number;
}

/** Options of a statement. */
export interface QueryOptions {
  /** Cancels the statement on the server; the promise rejects with code "cancelled". */
  readonly signal?: AbortSignal;
  /**
   * Whether it is the last statement of its transaction, so that COMMIT is sent directly behind it. The transaction takes
   * no further statements and cannot be rolled back by the caller any more: an error thrown after it is rethrown although
   * the transaction was committed. If the statement or an earlier one fails, everything is rolled back as usual. Without
   * effect outside of transactions and in a savepoint.
   *
   * @default false
   */
  readonly last?: boolean;
}

/** Runs SQL: a writer, a reader or an open transaction. Throws `DatabaseError`. */
export interface Querier {
  query<Row extends object>(
    text: string,
    parameters?: readonly QueryParameter[],
    options?: QueryOptions,
  ): Promise<QueryResult<Row>>;
}

/**
 * Position in the write-ahead log of the primary. Positions of one timeline are ordered by `lsn`; a promotion starts a
 * new timeline, without what had not been replicated by then (PostgreSQL, "Timelines" and "pg_lsn").
 */
export interface WalPosition {
  readonly timeline: number;
  /** Bytes of write-ahead log before the position. */
  readonly lsn: bigint;
}

/** Consistency requirements of a reader. */
export interface ReaderOptions {
  /** Position whose preceding commits must be visible. Without it, reads may be slightly stale. */
  readonly after?: WalPosition | undefined;
  /**
   * Whether the first statement waits until the replicas were probed once, for reads that would burden the primary. The
   * others of a program that has just started run on the primary at once.
   *
   * @default false
   */
  readonly waitForReplicas?: boolean;
}

/** Provides queriers by purpose. */
export interface ConnectionManager {
  /** Returns a querier on the primary. */
  writer(): Querier;
  /**
   * Returns a querier for read-only statements. It uses an available replica, or the primary if there is none, and may
   * lag slightly behind the writer. A statement whose server is lost is retried on another one, so it must not write:
   * with replicas, a write fails with code "internal". A querier stays with one server while that is available, so
   * request one per use case and do not store it.
   */
  reader(options?: ReaderOptions): Querier;
  /**
   * Returns a position of the primary, for {@link ReaderOptions.after}. It is preceded by all commits that this pool has
   * acknowledged before the call, and by all that the last statement or transaction with `signal` could see. If that was
   * a write, its position was read with it, otherwise a statement reads it, which concurrent calls share.
   *
   * A pool that does not read positions, by default one without replicas, returns one that no replica covers: reads after
   * it run on the primary.
   */
  position(options?: QueryOptions): Promise<WalPosition>;
}

/** Options of {@link ConnectionPool.checkIdle}. */
export interface CheckIdleOptions {
  /** Duration of the pause in milliseconds; connections that were idle for too long are closed unchecked. */
  readonly pausedMs: number;
  /** Maximum time for a response, in milliseconds. */
  readonly timeoutMs: number;
}

/** Isolation of concurrent transactions (PostgreSQL, "Transaction Isolation"). */
export type IsolationLevel = "read committed" | "repeatable read" | "serializable";

/** Options of a transaction. */
export interface TxOptions {
  /** Aborts the transaction: the running statement is cancelled and everything is rolled back. */
  readonly signal?: AbortSignal;
  /** @default "read committed" */
  readonly isolation?: IsolationLevel;
  /**
   * Whether the server rejects writes.
   *
   * @default false
   */
  readonly readOnly?: boolean;
  /** Maximum wait for a lock in milliseconds, before a statement fails with code "timeout". */
  readonly lockTimeoutMs?: number;
  /**
   * Whether the function may be run again after a conflict (code "conflict"). Apart from its statements it must have no
   * side effects that a second run would duplicate.
   *
   * @default false
   */
  readonly repeatable?: boolean;
}

/** Rows of COPY in a transaction, in PostgreSQL's text format, in parts that may end anywhere in a row. */
export interface RowCopy {
  /** Whether the server takes rows, which the embedded one does not. */
  readonly canWrite: boolean;
  /**
   * Runs a `COPY … FROM STDIN`, and returns the number of rows. The next part is taken when the server has room for it.
   * An error of the parts is rethrown, and fails the transaction; errors of the server name the row and the column.
   */
  write(text: string, parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<number>;
  /**
   * Runs a `COPY … TO STDOUT`, yields its rows, and returns their number. The server waits while they are not taken. Leaving
   * it early loses the connection, and fails the transaction.
   */
  read(text: string): AsyncGenerator<Uint8Array, number>;
}

/** Open transaction. Its statements run sequentially; after one has failed, further ones are rejected. */
export interface Transaction extends Querier {
  /**
   * Runs a function in a savepoint. If `run` throws, its statements are rolled back, the error is rethrown, and the
   * transaction remains usable. Statements outside of the savepoint are rejected until it has ended.
   */
  savepoint<T>(run: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * COPY, for commands that transfer whole tables; undefined if the driver has none. {@link insertRows} uses it where it
   * is possible.
   */
  readonly rowCopy?: RowCopy | undefined;
}

/**
 * Runs functions in transactions: committed on return, rolled back on any error. Rejects with code "outcome-unknown"
 * if the connection is lost during COMMIT. Transactions cannot be nested: use `savepoint`.
 */
export interface TxManager {
  /** Returns the value of `run` after COMMIT. Errors of `run` are rethrown unchanged after ROLLBACK. */
  withTx<T>(run: (tx: Transaction) => Promise<T>, options?: TxOptions): Promise<T>;
  /**
   * Same as {@link withTx} with a deadline in milliseconds. When it expires, rolls back and rejects with code "timeout".
   * The server enforces the deadline as well, in case the program cannot.
   */
  withTimeoutTx<T>(timeoutMs: number, run: (tx: Transaction) => Promise<T>, options?: TxOptions): Promise<T>;
}

/** State of a listener. "lost" is retried, "impossible" is permanent (behind a connection pooler). */
export type ListenState = "listening" | "lost" | "impossible";

/** Callbacks of a listener. They must not throw. */
export interface ListenOptions {
  /** Called when a notification was sent to the channel, or may have been missed. */
  readonly onNotify: () => void;
  /** Called when the state changes. */
  readonly onState?: (state: ListenState) => void;
}

/** Receives NOTIFY notifications. Delivery is not guaranteed, so callers must also poll from time to time. */
export interface Notifications {
  /**
   * Listens to a channel of the primary until it is disposed. It uses a dedicated connection, which is reopened when it
   * is lost and follows the primary.
   *
   * @param channel Lower-case letters, digits and underscores.
   */
  listen(channel: string, options: ListenOptions): AsyncDisposable;
}

/** Health of a configured server. */
export interface InstanceHealth {
  /**
   * Name in the configuration: "primary", "replica_0", …. If the primary has several hosts, they are "primary_0", ….
   */
  readonly name: string;
  /** "candidate" is a server that is or may become the primary. */
  readonly role: "primary" | "candidate" | "replica";
  readonly healthy: boolean;
  /** Reason why it is unhealthy or receives no reads; contains no secrets. */
  readonly reason?: string;
  /** Whether it serves although the health probe failed, for want of a connection of its own. */
  readonly isServing?: boolean;
}

/** Current state of the connections to a server. */
export interface PoolStatus {
  /** Maximum number of connections. */
  readonly max: number;
  readonly open: number;
  /** Open connections without work. */
  readonly idle: number;
  /** Callers waiting for a connection. */
  readonly waiting: number;
  /** Wait of the first of them, in milliseconds. */
  readonly waitedMs: number;
}

/** Load of a configured server, known without a query. */
export interface InstanceLoad {
  /** Name in the configuration: "primary", "replica_0", …. */
  readonly name: string;
  readonly pool: PoolStatus;
  /** Replication lag at the last probe in milliseconds; undefined for a primary or if unknown. */
  readonly lagMs?: number;
}

/** Health and load of a configured server. */
export interface InstanceStatus extends InstanceHealth {
  /** Address as "host:port". */
  readonly address: string;
  /** Replication lag in milliseconds; undefined for a primary, or if unknown. */
  readonly lagMs?: number;
  /** Size of the database on disk in bytes; undefined if unknown. */
  readonly databaseBytes?: bigint;
  readonly pool: PoolStatus;
}

/** Reports the health of the database. */
export interface HealthManager {
  /** Probes the primary and returns the last probe results of the replicas. Never rejects. */
  health(): Promise<readonly InstanceHealth[]>;
  /** Same as {@link health}, with replication lag and pool state. Never rejects. */
  status(): Promise<readonly InstanceStatus[]>;
  /** Returns the load of every server without a query. */
  load(): readonly InstanceLoad[];
}

/** Folder of migrations: `<version>_<name>.sql` files in dbmate's format. */
export interface MigrationSource {
  /** Owner as named in messages, e.g. "profile_service". */
  readonly name: string;
  /** Path of the folder, based on `import.meta.dirname`. */
  readonly directory: string;
}

/** Planned or completed change of the schema. */
export interface MigrationStep {
  readonly fileName: string;
  /** Name of the owner. */
  readonly source: string;
  /** Statements as written in the file. */
  readonly sql: string;
  /** Whether the statements and the record of the migration share one transaction. */
  readonly inTransaction: boolean;
}

/** Status of a version. */
export interface MigrationStatus {
  readonly version: string;
  /** Undefined if it is applied but its file no longer exists. */
  readonly fileName: string | undefined;
  /**
   * "changed" is applied, but the file has been modified since. "out-of-order" is pending although a newer version is
   * applied; it will still be applied.
   */
  readonly state: "applied" | "pending" | "out-of-order" | "changed" | "missing";
}

/** Message of the server while it runs a migration, such as the text of a RAISE NOTICE. */
export interface MigrationNotice {
  readonly fileName: string;
  /** "NOTICE", "WARNING" or "INFO". */
  readonly severity: string;
  /** Text in one line. */
  readonly text: string;
}

/** Callbacks of running migrations. They must not throw. */
export interface MigrationObserver {
  readonly onNotice?: (notice: MigrationNotice) => void;
  /** Called when it begins to wait, with what for: "a lock in 1_a.sql, held by process 12 (psql)". */
  readonly onWait?: (reason: string) => void;
}

/** Options of applying migrations. */
export interface MigrateOptions extends MigrationObserver {
  /** Versions to be applied; all pending ones if absent. */
  readonly versions?: ReadonlySet<string>;
  /** Ends the wait for another process that shares the session of the database. */
  readonly signal?: AbortSignal;
}

/** Migrates the schema up and down. Methods that read files throw `MigrationError` for an invalid one. */
export interface MigrationManager {
  /**
   * Applies pending migrations and returns their file names. They run in order of file name across all sources, each in
   * its own transaction (unless it says `transaction:false`), under a lock that allows one migrating instance. Throws
   * `MigrationError`, and applies nothing, if an applied file has changed or a pending one ends its transaction.
   */
  migrate(sources: readonly MigrationSource[], options?: MigrateOptions): Promise<readonly string[]>;
  /** Returns the file names that {@link MigrationManager.migrate} would apply. */
  pendingMigrations(sources: readonly MigrationSource[]): Promise<readonly string[]>;
  /**
   * Reverts the `count` newest applied migrations, newest first, and returns their file names. Holds the same lock.
   * Throws `MigrationError`, and reverts nothing, if one of them has no down part or has changed, or if a newer version
   * without a file is applied.
   */
  revertMigrations(
    sources: readonly MigrationSource[],
    count: number,
    observer?: MigrationObserver,
  ): Promise<readonly string[]>;
  /** Returns the steps of {@link migrate}, or of reverting `revert` files. Makes the same checks. */
  planMigrations(
    sources: readonly MigrationSource[],
    options?: { readonly revert?: number },
  ): Promise<readonly MigrationStep[]>;
  /** Returns the status of every version, of files and of the database, in order. */
  migrationStatus(sources: readonly MigrationSource[]): Promise<readonly MigrationStatus[]>;
}

/** Complete port of the database. Disposing closes every connection after running work has ended. */
export interface ConnectionPool
  extends ConnectionManager, TxManager, Notifications, HealthManager, MigrationManager, AsyncDisposable {
  /**
   * Checks idle connections after a pause of the whole process, in which servers and networks may have dropped them
   * unnoticed, and closes those that do not respond in time. Never rejects.
   */
  checkIdle(options: CheckIdleOptions): Promise<void>;
}
