import type { CheckIdleOptions, PoolStatus, Querier } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import {
  probeErrorReason,
  queryWithTimeout,
  TOO_MANY_CONNECTIONS,
} from "../connection/query_with_timeout.ts";
import type { SessionProbe } from "../connection/drop_lost_sessions.ts";
import type { Connection } from "../connection/connection.ts";
import { openConnection } from "../connection/open_connection.ts";
import { InstanceConnections } from "../connection/instance_connections.ts";
import { toDatabaseError } from "../connection/to_database_error.ts";
import type { InstanceConfig, PoolConfig } from "../pool_config.ts";

/** State of a server as it reports it. */
export interface CandidateState {
  readonly acceptsWrites: boolean;
  /** Timeline that it writes; 0 on a standby. */
  readonly timeline: number;
}

// The name of a WAL file begins with its timeline, in eight hexadecimal digits.
const statement = `SELECT accepts AS "acceptsWrites",
    CASE WHEN accepts THEN left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) ELSE '0' END AS timeline
  FROM (SELECT NOT pg_is_in_recovery() AND NOT current_setting('default_transaction_read_only')::boolean)
    AS state (accepts)`;

/** Maximum number of concurrent probes and queries waiting for the only connection. */
const MAX_WAITING = 100;

/** Server that may be the primary, with a dedicated connection for probes. */
export class PrimaryCandidate implements SessionProbe {
  readonly instance: InstanceConfig;
  readonly #timeoutMs: number;
  readonly #connections: InstanceConnections;
  readonly #onReconnected: (candidate: PrimaryCandidate) => Promise<void>;
  #wasLost = false;

  /** @param onReconnected Called when it responds again; its health is reported after it. */
  constructor(
    instance: InstanceConfig,
    config: PoolConfig,
    onReconnected: (candidate: PrimaryCandidate) => Promise<void>,
  ) {
    this.instance = instance;
    this.#onReconnected = onReconnected;
    this.#timeoutMs = config.replicaProbeTimeoutMs ?? 2_000;
    const open = (signal: AbortSignal): Promise<Connection> =>
      openConnection(instance, { config, readOnly: false, signal });
    this.#connections = new InstanceConnections({
      config: { ...config, maxWaiting: MAX_WAITING },
      max: 1,
      open,
    });
  }

  /** Querier on the probe connection. */
  get querier(): Querier {
    return this.#connections.querier;
  }

  /** Runs a short query on the probe connection. Rejects on timeout. */
  async find<T>(run: (server: Querier) => Promise<T>): Promise<T> {
    const found = await this.ask(run);
    if (this.#wasLost) await this.#onReconnected(this);
    return found;
  }

  async ask<T>(run: (server: Querier) => Promise<T>): Promise<T> {
    try {
      return await queryWithTimeout(this.#connections, run, { timeoutMs: this.#timeoutMs });
    } catch (error) {
      const { code, sqlState } = toDatabaseError(error);
      const isLost = code === "unavailable" || code === "outcome-unknown";
      this.#wasLost ||= isLost && sqlState === undefined;
      throw error;
    }
  }

  /** Closes the probe connection if it does not respond in time. */
  checkIdle(options: CheckIdleOptions): Promise<void> {
    return this.#connections.checkIdle(options);
  }

  takeReconnected(): boolean {
    const wasLost = this.#wasLost;
    this.#wasLost = false;
    return wasLost;
  }

  get status(): PoolStatus {
    return this.#connections.status;
  }

  /** Address as "host:port". */
  get address(): string {
    return `${this.instance.host}:${this.instance.port}`;
  }

  /** Reads its state. Rejects on failure or timeout. */
  async readState(): Promise<CandidateState> {
    return await this.find(async (server) => {
      const { rows: [row] } = await server.query<{ acceptsWrites: boolean; timeline: string }>(statement);
      if (row === undefined) throw new DatabaseError("internal", "The server returned no state");
      return { acceptsWrites: row.acceptsWrites, timeline: Number.parseInt(row.timeline, 16) };
    });
  }

  /** Returns whether it accepts writes, or the reason of a failed probe. Never rejects. */
  async check(): Promise<
    { readonly acceptsWrites: boolean } | { readonly reason: string; readonly isFull: boolean }
  > {
    try {
      return await this.readState();
    } catch (error) {
      return {
        reason: probeErrorReason(error),
        isFull: toDatabaseError(error).sqlState === TOO_MANY_CONNECTIONS,
      };
    }
  }

  /** Closes its connection. */
  async end(): Promise<void> {
    await this.#connections.end({ timeout: 0 });
  }
}
