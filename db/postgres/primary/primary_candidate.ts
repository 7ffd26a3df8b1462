import { DatabaseError } from "../../errors.ts";
import { Connection } from "../connection/connection.ts";
import { InstanceConnections } from "../connection/instance_connections.ts";
import type { InstanceConfig, PoolConfig } from "../pool_config.ts";

/** What a server says of itself. */
export interface CandidateState {
  readonly acceptsWrites: boolean;
  /** Which timeline it writes; 0 where it does not. */
  readonly timeline: number;
}

// The name of a WAL file begins with its timeline, in eight hexadecimal digits.
const statement = `SELECT accepts AS "acceptsWrites",
    CASE WHEN accepts THEN left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) ELSE '0' END AS timeline
  FROM (SELECT NOT pg_is_in_recovery() AND NOT current_setting('default_transaction_read_only')::boolean)
    AS asked (accepts)`;

/** A server that may be the primary, with a connection of its own to ask it. */
export class PrimaryCandidate {
  readonly instance: InstanceConfig;
  readonly #patienceMs: number;
  readonly #connections: InstanceConnections;

  constructor(instance: InstanceConfig, config: PoolConfig) {
    this.instance = instance;
    this.#patienceMs = config.replicaPatienceMs ?? 2_000;
    const open = (): Promise<Connection> => Connection.open(instance, { config, readOnly: false });
    this.#connections = new InstanceConnections({ config, max: 1, open });
  }

  /** Asks it. Rejects when it cannot be reached or does not answer in time, and gives up the connection then. */
  async ask(): Promise<CandidateState> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(new DatabaseError("unavailable", `It did not answer within ${this.#patienceMs} ms`)),
      this.#patienceMs,
    );
    try {
      const { rows: [row] } = await Promise.race([
        this.#connections.querier.query<{ acceptsWrites: boolean; timeline: string }>(statement),
        late,
      ]);
      if (row === undefined) throw new DatabaseError("internal", "The server did not tell what it is");
      return { acceptsWrites: row.acceptsWrites, timeline: Number.parseInt(row.timeline, 16) };
    } catch (error) {
      this.#connections.cut();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Closes its connection. */
  async end(): Promise<void> {
    await this.#connections.end({ timeout: 0 });
  }
}
