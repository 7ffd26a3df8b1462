import type { MigrationObserver, Querier } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import type { Connection } from "../connection/connection.ts";
import { unreachable } from "../connection/statement_errors.ts";
import { toDatabaseError } from "../connection/to_database_error.ts";
import type { LockMigrations } from "../pool_config.ts";
import { summarizeLockHolder } from "./session_summary.ts";

/** Key of the advisory lock, unlikely to be used by other programs: "archway" in ASCII. */
const lockKey = 0x61726368776179n;

/** Interval between attempts to acquire the lock, in milliseconds, ±50 % jitter. */
const lockRetryMs = 100;

/** Attempts to acquire the lock between two looks at its holder. */
const attemptsPerLook = 10;

/** Tables of dbmate (unmodified) and of this program. */
const tables = `CREATE TABLE IF NOT EXISTS schema_migrations (version varchar PRIMARY KEY);
  CREATE TABLE IF NOT EXISTS archway_migration_checksums (
    version varchar PRIMARY KEY,
    file_name text NOT NULL,
    sha256 text NOT NULL
  )`;

/** Discards what a file may leave behind in its session: settings, its role and temporary tables. */
const discard = "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; DISCARD TEMP";

/** Dependencies of a {@link MigrationSession}. */
export interface MigrationSessionDependencies {
  /** Queries the same server on other connections. */
  readonly querier: Querier;
  /** Opens the connection that migrations run on. */
  readonly connect: () => Promise<Connection>;
  /** Takes a lock beside that of the server. */
  readonly lock?: LockMigrations | undefined;
  readonly observer: MigrationObserver;
  /** Ends the wait for that lock. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Dedicated connection that holds the migration lock. Instances that start together take turns. It is never reopened
 * after a loss, since the lock and the transaction would be lost unnoticed.
 */
export class MigrationSession implements AsyncDisposable {
  readonly querier: Querier;
  readonly observer: MigrationObserver;
  readonly #connection: Connection;
  readonly #held: Disposable | undefined;
  #pid = 0;

  private constructor(
    { connection, held }: { readonly connection: Connection; readonly held: Disposable | undefined },
    { querier, observer }: MigrationSessionDependencies,
  ) {
    this.#connection = connection;
    this.#held = held;
    this.querier = querier;
    this.observer = observer;
  }

  /** Connects and acquires the lock. Throws a `DatabaseError`. */
  static async open(dependencies: MigrationSessionDependencies): Promise<MigrationSession> {
    const connection = await dependencies.connect();
    await refusePooler(connection);
    const held = await lockBeside(connection, dependencies);
    const session = new MigrationSession({ connection, held }, dependencies);
    try {
      await session.#prepare();
      return session;
    } catch (error) {
      await session[Symbol.asyncDispose]();
      throw beforeAnyFile(error);
    }
  }

  /** Process id of the server's side. */
  get pid(): number {
    return this.#pid;
  }

  /** Sends statements in one message. Throws errors of the driver. */
  async send(sql: string): Promise<void> {
    await this.#connection.script(sql);
  }

  /** Prepares the session for a file, whatever earlier ones have left behind. */
  async prepareFor(fileName: string, { lockTimeoutMs }: { readonly lockTimeoutMs: number }): Promise<void> {
    this.#connection.onNotice = ({ severity = "NOTICE", message = "" }): void => {
      this.observer.onNotice?.({ fileName, severity, text: message.replace(/\s+/g, " ") });
    };
    await this.reset();
    // 0 keeps the setting of the role or server.
    if (lockTimeoutMs > 0) await this.send(`SET lock_timeout = ${Math.ceil(lockTimeoutMs)}`);
  }

  /** Commits the transaction of a file, and discards what else it leaves behind. */
  async commit(): Promise<void> {
    // In one message: the embedded database has one session, which serves others after it.
    await this.send(`COMMIT; ${discard}`);
  }

  /** Ends the transaction that a failed file may have left open. Never rejects. */
  async rollback(): Promise<void> {
    // Without a transaction, the server warns about that.
    this.#connection.onNotice = () => {};
    await this.send("ROLLBACK").catch(() => undefined);
  }

  /** Returns to the settings of a new session, without the timeouts of statements and transactions. */
  async reset(): Promise<void> {
    // A long migration is not a runaway statement, and other instances wait for it.
    await this.send(`${discard}; SET statement_timeout = 0; SET transaction_timeout = 0`);
    // Otherwise the server would hold the lock until the running statement ends even if the client is gone. Not
    // supported on every platform.
    await this.send("SET client_connection_check_interval = 1000").catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The embedded database has one session for all connections, which outlives this one.
    await this.send(`SELECT pg_advisory_unlock_all(); ${discard}`).catch(() => undefined);
    this.#held?.[Symbol.dispose]();
    await this.#connection.close({ timeout: 0.5 });
  }

  async #prepare(): Promise<void> {
    await this.reset();
    await this.#lock();
    await this.send(`SET client_min_messages = warning; ${tables}`);
    const { rows: [row] } = await this.#connection.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    this.#pid = row?.pid ?? 0;
  }

  /**
   * Polls for the lock instead of waiting in a statement. CREATE INDEX CONCURRENTLY waits for all earlier statements,
   * which the server would detect as a deadlock.
   */
  async #lock(): Promise<void> {
    let reported: string | undefined;
    for (let attempt = 0;; attempt++) {
      const { rows: [row] } = await this.#connection.query<{ locked: boolean }>(
        `SELECT pg_try_advisory_lock(${lockKey}) AS locked`,
      );
      if (row?.locked === true) return;
      const holder = attempt % attemptsPerLook === 0
        ? await summarizeLockHolder(this.#connection, lockKey)
        : undefined;
      const process = holder?.split(" (", 1)[0];
      if (process !== undefined && process !== reported) {
        this.observer.onWait?.(`the migrations of another program: ${holder}`);
        reported = process;
      }
      await new Promise((resolve) => setTimeout(resolve, lockRetryMs * (0.5 + Math.random())));
    }
  }
}

/** Takes the lock beside that of the server; closes the connection without it. */
async function lockBeside(
  connection: Connection,
  { lock, observer, signal }: MigrationSessionDependencies,
): Promise<Disposable | undefined> {
  try {
    return await lock?.({ onWait: () => observer.onWait?.("the migrations of another process"), signal });
  } catch (error) {
    await connection.close({ timeout: 0.5 });
    throw error;
  }
}

/** Translates an error from before the first file: when the connection was lost, nothing was changed. */
function beforeAnyFile(error: unknown): DatabaseError {
  const databaseError = toDatabaseError(error);
  return databaseError.code === "outcome-unknown"
    ? unreachable({ cause: databaseError.cause })
    : databaseError;
}

/** The lock and the settings of migrations belong to a session. */
async function refusePooler(connection: Connection): Promise<void> {
  if (!connection.isPooled) return;
  await connection.close();
  throw new DatabaseError(
    "internal",
    "Migrations need a dedicated server session, but a connection pooler responded: specify the address of the server",
  );
}
