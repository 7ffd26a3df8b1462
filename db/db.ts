/**
 * The database as services see it. A service's persistence speaks SQL to a {@link Querier}, its use cases ask the
 * {@link ConnectionPool} for one; which driver and which server stand behind them is decided in main.ts.
 *
 * Column values look the same from every adapter:
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

/** A value that can be bound to `$1`, `$2`, …. */
export type QueryParameter =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly (null | boolean | number | bigint | string)[];

/** What a statement gave. */
export interface QueryResult<Row> {
  readonly rows: readonly Row[];
  /** Rows returned, or changed by an INSERT, UPDATE or DELETE without RETURNING. */
  readonly rowCount: number;
}

/** How one statement is run. */
export interface QueryOptions {
  /** Cancels the statement on the server; the promise rejects with code "cancelled". */
  readonly signal?: AbortSignal;
}

/** Whatever runs SQL: a writer, a reader or an open transaction. Faults are thrown as `DatabaseError`. */
export interface Querier {
  query<Row extends object>(
    text: string,
    parameters?: readonly QueryParameter[],
    options?: QueryOptions,
  ): Promise<QueryResult<Row>>;
}

/**
 * A place in the history of the primary. Positions of one timeline are ordered by `lsn`; a promotion begins a new
 * timeline, and what was not replicated by then is not part of it (PostgreSQL, "Timelines" and "pg_lsn").
 */
export interface WalPosition {
  readonly timeline: number;
  /** Bytes of write-ahead log before it. */
  readonly lsn: bigint;
}

/** What a reader has to see. */
export interface ReaderOptions {
  /** Everything that was committed before this. Without it, a reader may be a little behind. */
  readonly after?: WalPosition | undefined;
}

/** Hands out queriers by what they are for. */
export interface ConnectionManager {
  /** Runs on the primary. */
  writer(): Querier;
  /**
   * For statements that only read. Runs on a replica where one is well, else on the primary; may be a little behind
   * the writer. A statement whose server is lost is run again on another one, which is why it may not write: where
   * there are replicas they refuse it with code "internal". What one querier reads comes from one server while that
   * is well, so ask for one per use case and do not keep it.
   */
  reader(options?: ReaderOptions): Querier;
  /**
   * Where the primary stands: what was committed before the call lies before it, for {@link ReaderOptions.after}.
   * Calls at the same time share one statement.
   */
  position(options?: QueryOptions): Promise<WalPosition>;
}

/** How far transactions that run side by side are kept apart (PostgreSQL, "Transaction Isolation"). */
export type IsolationLevel = "read committed" | "repeatable read" | "serializable";

/** How a transaction is run. */
export interface TxOptions {
  /** Aborts the transaction: what runs is cancelled and everything is rolled back. */
  readonly signal?: AbortSignal;
  /** @default "read committed" */
  readonly isolation?: IsolationLevel;
  /**
   * Whether the server refuses what writes.
   *
   * @default false
   */
  readonly readOnly?: boolean;
  /** How long a statement waits for a lock, in milliseconds, before it fails with code "timeout". */
  readonly lockTimeoutMs?: number;
  /**
   * Whether the function may be run again when its transaction gave way to another one (code "conflict"): it does
   * nothing besides its statements that a second run would do twice.
   *
   * @default false
   */
  readonly repeatable?: boolean;
}

/** An open transaction. Its statements run one after the other; once one has failed, the rest are refused. */
export interface Transaction extends Querier {
  /**
   * A transaction inside this one (SAVEPOINT): what `run` throws undoes what was done inside and is thrown on, and
   * the transaction can go on. Statements outside of it are refused until it has ended.
   */
  savepoint<T>(run: (tx: Transaction) => Promise<T>): Promise<T>;
}

/**
 * Runs a function inside a transaction: committed when it returns, rolled back when it throws anything. Rejects with
 * code "outcome-unknown" where the connection was lost while the server committed. A transaction cannot be begun
 * inside another one: `savepoint` is for that.
 */
export interface TxManager {
  /** The value of `run`, after COMMIT. What `run` throws is thrown on unchanged, after ROLLBACK. */
  withTx<T>(run: (tx: Transaction) => Promise<T>, options?: TxOptions): Promise<T>;
  /**
   * The same with a deadline, in milliseconds: rejects with code "timeout" and rolls back when it passes. The server
   * keeps the deadline too, where the program cannot.
   */
  withTimeoutTx<T>(timeoutMs: number, run: (tx: Transaction) => Promise<T>, options?: TxOptions): Promise<T>;
}

/** Whether notifications arrive: not for now, and it is tried again; or never, for a pooler stands in between. */
export type ListenState = "listening" | "lost" | "impossible";

/** What somebody who listens is told. Neither function may throw. */
export interface ListenOptions {
  /** Something was sent to the channel, or may have been while nobody listened. */
  readonly onNotify: () => void;
  /** How the listening goes, whenever that changes. */
  readonly onState?: (state: ListenState) => void;
}

/** Hears what is sent with NOTIFY. It is a hint and no more: whoever relies on it looks now and then by itself, too. */
export interface Notifications {
  /**
   * Listens to a channel of the primary, until it is disposed: on a connection of its own, which is opened again when it
   * is lost and follows the primary.
   *
   * @param channel Small letters, digits and underscores.
   */
  listen(channel: string, options: ListenOptions): AsyncDisposable;
}

/** The state of one configured server. */
export interface InstanceHealth {
  /** As the configuration names it: "primary", "replica_0", …; where the primary has several hosts, "primary_0", …. */
  readonly name: string;
  /** "candidate": a server that the primary is, or may be. */
  readonly role: "primary" | "candidate" | "replica";
  readonly healthy: boolean;
  /** Why it is not healthy, or takes no reads, in words without secrets. */
  readonly reason?: string;
}

/** What the connections to one server do now. */
export interface PoolStatus {
  /** How many there may be. */
  readonly max: number;
  readonly open: number;
  /** Of the open ones, how many have nothing to do. */
  readonly idle: number;
  /** How many callers wait for one. */
  readonly waiting: number;
  /** How long the first of them has waited, in milliseconds. */
  readonly waitedMs: number;
}

/** What is known of one configured server without asking it. */
export interface InstanceLoad {
  /** As the configuration names it: "primary", "replica_0", …. */
  readonly name: string;
  readonly pool: PoolStatus;
  /** How far it was behind when it was asked last, in milliseconds; undefined on a primary, and where it cannot be told. */
  readonly lagMs?: number;
}

/** The state of one configured server, at length. */
export interface InstanceStatus extends InstanceHealth {
  /** Where it is reached, "host:port". */
  readonly address: string;
  /** How far it is behind, in milliseconds; undefined on a primary, and where it cannot be told. */
  readonly lagMs?: number;
  /** What the database takes on its disk, in bytes; undefined where it does not tell. */
  readonly databaseBytes?: bigint;
  readonly pool: PoolStatus;
}

/** Tells whether the database can be used. */
export interface HealthManager {
  /** Asks the primary, and tells what the replicas said when they were asked last; never rejects. */
  health(): Promise<readonly InstanceHealth[]>;
  /** The same, with how far replicas are behind and what the connections do; never rejects. */
  status(): Promise<readonly InstanceStatus[]>;
  /** What is known of every server without asking: it costs nothing worth mentioning. */
  load(): readonly InstanceLoad[];
}

/** A folder of migrations: `<version>_<name>.sql` files in dbmate's format. */
export interface MigrationSource {
  /** Who owns it, for messages, e.g. "profile_service". */
  readonly name: string;
  /** The folder, as `import.meta.dirname` based path. */
  readonly directory: string;
}

/** What is to be done to the schema, or was. */
export interface MigrationStep {
  readonly fileName: string;
  /** The owner's name. */
  readonly source: string;
  /** The statements, as the file has them. */
  readonly sql: string;
  /** Whether they run in one transaction with the note that they ran. */
  readonly inTransaction: boolean;
}

/** How one version stands. */
export interface MigrationStatus {
  readonly version: string;
  /** undefined: it was applied, and there is no file any more. */
  readonly fileName: string | undefined;
  /**
   * "changed": applied, and the file's text is not what it was then. "out-of-order": pending, though a newer one is
   * applied; it will be applied all the same.
   */
  readonly state: "applied" | "pending" | "out-of-order" | "changed" | "missing";
}

/** Brings the schema up to date, and back. Methods that read files throw `MigrationError` for one that is wrong. */
export interface MigrationManager {
  /**
   * Applies what is pending, in order of file name over all sources, each in its own transaction (unless it says
   * `transaction:false`), under a lock that lets only one instance migrate at a time. Gives the file names applied
   * by this call. Throws `MigrationError`, and applies nothing, when an applied file has changed.
   */
  migrate(sources: readonly MigrationSource[]): Promise<readonly string[]>;
  /** The file names that {@link MigrationManager.migrate} would apply. */
  pendingMigrations(sources: readonly MigrationSource[]): Promise<readonly string[]>;
  /**
   * Undoes the `count` newest of the applied files, newest first, under the same lock. Gives their names. Throws
   * `MigrationError`, and undoes nothing, when one of them has no down part or has changed, or when something newer
   * than one of them is applied of which there is no file.
   */
  undoMigrations(sources: readonly MigrationSource[], count: number): Promise<readonly string[]>;
  /** What {@link MigrationManager.migrate} would do, or undoing `undo` files; checks what they check. */
  planMigrations(
    sources: readonly MigrationSource[],
    options?: { readonly undo?: number },
  ): Promise<readonly MigrationStep[]>;
  /** How every version stands, of files and of the database, in order. */
  migrationStatus(sources: readonly MigrationSource[]): Promise<readonly MigrationStatus[]>;
}

/** Everything the program needs of its database. Disposing closes every connection, after what runs has ended. */
export interface ConnectionPool
  extends ConnectionManager, TxManager, Notifications, HealthManager, MigrationManager, AsyncDisposable {}
