import { DatabaseError } from "../../errors.ts";
import type { Connection } from "../connection/connection.ts";
import { toDatabaseError } from "../connection/to_database_error.ts";

/** Any number that no other program takes for its advisory locks: "archway" in ASCII. */
const lockKey = 0x61726368776179n;

/** How long after it was refused the lock is asked for again, in milliseconds, half of it more or less. */
const askAgainMs = 100;

/** Our table beside dbmate's, which stays as dbmate makes it. */
const tables = `CREATE TABLE IF NOT EXISTS schema_migrations (version varchar PRIMARY KEY);
  CREATE TABLE IF NOT EXISTS archway_migration_checksums (
    version varchar PRIMARY KEY,
    file_name text NOT NULL,
    sha256 text NOT NULL
  )`;

/**
 * A connection of its own that holds the lock of migrations: instances that start together take turns. It is never
 * opened again when it is lost, since a lock and a transaction would be lost with it unnoticed.
 */
export class MigrationSession implements AsyncDisposable {
  readonly #connection: Connection;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Connects and waits for the lock. Throws a `DatabaseError`. */
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

  /** Sends statements in one message. Throws the driver's errors. */
  async send(sql: string): Promise<void> {
    await this.#connection.script(sql);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The embedded database has one session for all, which outlives this connection.
    await this.send("SELECT pg_advisory_unlock_all()").catch(() => undefined);
    await this.#connection.close({ timeout: 0.5 });
  }

  async #prepare(): Promise<void> {
    // A server that works for a client that is gone would hold the lock until its statement is through. Not every
    // platform can notice.
    await this.send("SET client_connection_check_interval = 1000").catch(() => undefined);
    // A long migration is no runaway statement, and the others wait for it. The embedded database has one session
    // for all, which must not keep what is set here.
    await this.send(
      "SET statement_timeout = 0; SET transaction_timeout = 0; SET client_min_messages = warning",
    );
    await this.#lock();
    await this.send(tables);
  }

  /**
   * Asks for the lock again and again instead of waiting for it in a statement: CREATE INDEX CONCURRENTLY waits for all
   * statements that began before it, and the server would find a deadlock between the two.
   */
  async #lock(): Promise<void> {
    while (true) {
      const { rows: [row] } = await this.#connection.query<{ locked: boolean }>(
        `SELECT pg_try_advisory_lock(${lockKey}) AS locked`,
      );
      if (row?.locked === true) return;
      await new Promise((resolve) => setTimeout(resolve, askAgainMs * (0.5 + Math.random())));
    }
  }
}

/** The lock belongs to a session, and so does what the statements of a file set. */
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
    "Migrations need a session of the server to themselves, and a connection pooler answered: give the address of the server itself",
  );
}
