import postgres from "postgres";
import type { PostgresBinaries } from "./postgres_binaries.ts";
import { PostgresServer, type PreparedServer } from "./postgres_server.ts";
import { runAs } from "./run_as.ts";

/** Standby of another server. */
export class StandbyServer extends PostgresServer {
  readonly #binaries: PostgresBinaries;

  constructor(prepared: PreparedServer, binaries: PostgresBinaries) {
    super(prepared, binaries);
    this.#binaries = binaries;
  }

  /** Promotes it to primary. */
  async promote(): Promise<void> {
    const args = ["promote", "-D", this.dataDirectory, "-w", "-s"];
    await runAs(this.#binaries.owner, this.#binaries.pgCtl, args);
  }

  /** Pauses replay while it continues to receive WAL, so that its reads lag. */
  async pauseReplay(): Promise<void> {
    await this.#run("SELECT pg_wal_replay_pause()");
    while (await this.#run("SELECT pg_get_wal_replay_pause_state() AS value") !== "paused");
  }

  /** Resumes replay. */
  async resumeReplay(): Promise<void> {
    await this.#run("SELECT pg_wal_replay_resume()");
  }

  /** Waits until it shows everything that is committed on the primary now. */
  async catchUp(primary: PostgresServer): Promise<void> {
    // A record that is flushed immediately, with everything before it.
    const mark = "SELECT pg_logical_emit_message(false, 'catch up', '', true)::text AS value";
    const shown = `SELECT (pg_last_wal_replay_lsn() >= '${await valueOf(primary, mark)}')::text AS value`;
    while (await this.#run(shown) !== "true") await new Promise((resolve) => setTimeout(resolve, 10));
  }

  async #run(statement: string): Promise<string | undefined> {
    return await valueOf(this, statement);
  }
}

async function valueOf({ instance }: PostgresServer, statement: string): Promise<string | undefined> {
  const { host, port, user, password, database } = instance;
  const sql = postgres({ host, port, user, password, database, max: 1, onnotice: () => {} });
  try {
    const [row] = await sql.unsafe<{ value: string }[]>(statement);
    return row?.value;
  } finally {
    await sql.end();
  }
}
