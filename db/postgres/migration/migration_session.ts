import { DatabaseError } from "../../errors.ts";
import type { Connection } from "../connection/connection.ts";
import { toDatabaseError } from "../connection/to_database_error.ts";

/** Key of the advisory lock, unlikely to be used by other programs: "archway" in ASCII. */
const lockKey = 0x61726368776179n;

/** Interval between attempts to acquire the lock, in milliseconds, ±50 % jitter. */
const lockRetryMs = 100;

/** Tables of dbmate (unmodified) and of this program. */
const tables = `CREATE TABLE IF NOT EXISTS schema_migrations (version varchar PRIMARY KEY);
  CREATE TABLE IF NOT EXISTS archway_migration_checksums (
    version varchar PRIMARY KEY,
    file_name text NOT NULL,
    sha256 text NOT NULL
  )`;

/**
 * Dedicated connection that holds the migration lock. Instances that start together take turns. It is never reopened
 * after a loss, since the lock and the transaction would be lost unnoticed.
 */
export class MigrationSession implements AsyncDisposable {
  readonly #connection: Connection;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Connects and acquires the lock. Throws a `DatabaseError`. */
  static async open(connect: () => Promise<Connection>): Promise<MigrationSession> {
    const connection = await connect();
    await refusePooler(connection);
    const session = new MigrationSession(connection);
    try {
      await session.#prepare();
      return session;
    } catch (error) {
      await session[Symbol.asyncDispose]();
      throw toDatabaseError(error);
    }
  }

  /** Sends statements in one message. Throws errors of the driver. */
  async send(sql: string): Promise<void> {
    await this.#connection.script(sql);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The embedded database has one session for all connections, which outlives this one.
    await this.send("SELECT pg_advisory_unlock_all()").catch(() => undefined);
    await this.#connection.close({ timeout: 0.5 });
  }

  async #prepare(): Promise<void> {
    // Otherwise the server would hold the lock until the running statement ends even if the client is gone. Not
    // supported on every platform.
    await this.send("SET client_connection_check_interval = 1000").catch(() => undefined);
    // A long migration is not a runaway statement, and other instances wait for it. In the embedded database, the
    // settings would remain in the shared session.
    await this.send(
      "SET statement_timeout = 0; SET transaction_timeout = 0; SET client_min_messages = warning",
    );
    await this.#lock();
    await this.send(tables);
  }

  /**
   * Polls for the lock instead of waiting in a statement. CREATE INDEX CONCURRENTLY waits for all earlier statements,
   * which the server would detect as a deadlock.
   */
  async #lock(): Promise<void> {
    while (true) {
      const { rows: [row] } = await this.#connection.query<{ locked: boolean }>(
        `SELECT pg_try_advisory_lock(${lockKey}) AS locked`,
      );
      if (row?.locked === true) return;
      await new Promise((resolve) => setTimeout(resolve, lockRetryMs * (0.5 + Math.random())));
    }
  }
}

/** The lock and the settings of migrations belong to a session. */
async function refusePooler(connection: Connection): Promise<void> {
  try {
    if (!await connection.isPooled()) return;
  } catch (error) {
    await connection.close();
    throw toDatabaseError(error);
  }
  await connection.close();
  throw new DatabaseError(
    "internal",
    "Migrations need a dedicated server session, but a connection pooler responded: specify the address of the server",
  );
}
