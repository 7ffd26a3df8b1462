import { DatabaseError } from "../errors.ts";
import { type Driver, openDriver } from "./open_driver.ts";
import type { PoolConfig } from "./pool_config.ts";
import { toDatabaseError } from "./to_database_error.ts";

/** Any number that no other program takes for its advisory locks: "archway" in ASCII. */
const lockKey = 0x61726368776179n;

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
  readonly #driver: Driver;
  #lost = false;

  private constructor(driver: Driver) {
    this.#driver = driver;
    Reflect.set(driver.options, "onclose", () => {
      this.#lost = true;
    });
  }

  /** Connects and waits for the lock. Throws a {@link DatabaseError}. */
  static async open(config: PoolConfig): Promise<MigrationSession> {
    // A long migration is no runaway statement, and the others wait for it.
    const settings = { ...config, statementTimeoutMs: 0, idleTimeoutMs: 0 };
    const session = new MigrationSession(openDriver({ ...config.primary, maxConnections: 1 }, settings));
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
    if (this.#lost) throw new DatabaseError("unavailable", "The connection was lost");
    await this.#driver.unsafe(sql).simple();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The embedded database has one session for all, which outlives this connection.
    if (!this.#lost) await this.send("SELECT pg_advisory_unlock_all()").catch(() => undefined);
    await this.#driver.end({ timeout: 0.5 });
  }

  async #prepare(): Promise<void> {
    // A server that works for a client that is gone would hold the lock until its statement is through. Not every
    // platform can notice.
    await this.send("SELECT 1");
    await this.send("SET client_connection_check_interval = 1000").catch(() => undefined);
    await this.send("SET statement_timeout = 0; SET client_min_messages = warning");
    await this.send(`SELECT pg_advisory_lock(${lockKey}); ${tables}`);
  }
}
