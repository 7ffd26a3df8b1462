import type { PoolStatus, Querier } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { probeErrorReason, queryWithTimeout } from "../connection/query_with_timeout.ts";
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

/** How many may wait for the one connection: who asks at the same time, and who has to know more of the server. */
const MAX_WAITING = 100;

/** A server that may be the primary, with a connection of its own to ask it: whatever the others are busy with. */
export class PrimaryCandidate {
  readonly instance: InstanceConfig;
  readonly #timeoutMs: number;
  readonly #connections: InstanceConnections;

  constructor(instance: InstanceConfig, config: PoolConfig) {
    this.instance = instance;
    this.#timeoutMs = config.replicaProbeTimeoutMs ?? 2_000;
    const open = (): Promise<Connection> => Connection.open(instance, { config, readOnly: false });
    this.#connections = new InstanceConnections({
      config: { ...config, maxWaiting: MAX_WAITING },
      max: 1,
      open,
    });
  }

  /** Runs statements on the connection that asks. */
  get querier(): Querier {
    return this.#connections.querier;
  }

  /** Finds out something that takes a statement or two. Rejects when that cannot be done in time. */
  find<T>(ask: (server: Querier) => Promise<T>): Promise<T> {
    return queryWithTimeout(this.#connections, ask, { timeoutMs: this.#timeoutMs });
  }

  get status(): PoolStatus {
    return this.#connections.status;
  }

  /** Where it is reached. */
  get address(): string {
    return `${this.instance.host}:${this.instance.port}`;
  }

  /** Asks it. Rejects when it cannot be reached or does not answer in time. */
  async ask(): Promise<CandidateState> {
    return await this.find(async (server) => {
      const { rows: [row] } = await server.query<{ acceptsWrites: boolean; timeline: string }>(statement);
      if (row === undefined) throw new DatabaseError("internal", "The server did not tell what it is");
      return { acceptsWrites: row.acceptsWrites, timeline: Number.parseInt(row.timeline, 16) };
    });
  }

  /** Tells whether it accepts writes, or why it could not be asked. Never rejects. */
  async check(): Promise<{ readonly acceptsWrites: boolean } | { readonly reason: string }> {
    try {
      return await this.ask();
    } catch (error) {
      return { reason: probeErrorReason(error) };
    }
  }

  /** Closes its connection. */
  async end(): Promise<void> {
    await this.#connections.end({ timeout: 0 });
  }
}
