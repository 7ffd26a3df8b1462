import type { CheckIdleOptions, PoolStatus } from "../../db.ts";
import { checkIdle } from "./check_idle.ts";
import type { Connection } from "./connection.ts";
import { Connections } from "./connections.ts";
import { dropLostSessions, type SessionProbe } from "./drop_lost_sessions.ts";
import type { PoolConfig } from "../pool_config.ts";
import { type Followers, PoolQuerier, type Watch } from "./pool_querier.ts";

/** Options of {@link InstanceConnections}. */
export interface InstanceConnectionsOptions {
  readonly config: Omit<PoolConfig, "primary" | "replicas">;
  readonly max: number;
  readonly open: (signal: AbortSignal) => Promise<Connection>;
  /**
   * Whether connections are dropped when the server rejects a write. It is no longer the primary then.
   *
   * @default false
   */
  readonly mustWrite?: boolean;
  /** Returns what finds out, while a response is overdue, whether the server still has the session. */
  readonly probe?: () => SessionProbe | undefined;
  /** Observer of statements; disabled if absent. */
  readonly watch?: Watch | undefined;
  /** Statements behind those of callers; none if absent. */
  readonly followers?: Followers | undefined;
}

/** Connections to one server that can be dropped at any time and are reopened on demand. */
export class InstanceConnections {
  readonly #options: InstanceConnectionsOptions;
  readonly #ending = new Set<Promise<void>>();
  #current: Connections;
  #checking: Promise<void> | undefined;
  /** Querier that is valid until the next {@link cut}. */
  querier: PoolQuerier;

  constructor(options: InstanceConnectionsOptions) {
    this.#options = options;
    this.#current = this.#make();
    this.querier = this.#makeQuerier(this.#current);
  }

  /** Connections until the next {@link cut}. */
  get current(): Connections {
    return this.#current;
  }

  get status(): PoolStatus {
    return this.#current.status;
  }

  /** Drops every connection. Pending statements and waiting callers reject. */
  cut(): void {
    this.#end(0);
    this.#current = this.#make();
    this.querier = this.#makeQuerier(this.#current);
  }

  /** Closes idle connections that do not respond in time; see `ConnectionPool`. */
  checkIdle(options: CheckIdleOptions): Promise<void> {
    return checkIdle(this.#current, { idleTimeoutMs: this.#idleTimeoutMs, ...options });
  }

  /** Drops connections without a session on the server. Never rejects; concurrent calls share the result. */
  dropLost(): Promise<void> {
    const probe = this.#options.probe?.();
    if (probe === undefined) return Promise.resolve();
    const { config, mustWrite = false } = this.#options;
    const options = { probe, silentMs: config.replicaProbeTimeoutMs ?? 2_000, isSingleServer: mustWrite };
    this.#checking ??= dropLostSessions(this.#current.all, options)
      // A server that does not respond is asked again while a response is overdue.
      .catch(() => undefined)
      .finally(() => this.#checking = undefined);
    return this.#checking;
  }

  /** Reports that the server behind these connections rejected a write. Ignored for connections already dropped. */
  refusedWrite(connections: Connections): void {
    if (this.#options.mustWrite === true && connections === this.#current) this.cut();
  }

  /** Closes the connections, with a grace period for running statements in seconds. */
  async end({ timeout }: { readonly timeout: number }): Promise<void> {
    this.#end(timeout);
    await Promise.all(this.#ending);
  }

  get #idleTimeoutMs(): number {
    return this.#options.config.idleTimeoutMs ?? 60_000;
  }

  #make(): Connections {
    const { config, max, open } = this.#options;
    return new Connections({
      open,
      max,
      min: Math.min(max, config.minConnections ?? 0),
      maxWaiting: config.maxWaiting ?? 5_000,
      acquireTimeoutMs: config.acquireTimeoutMs ?? 3_000,
      queueTimeoutMs: config.queueTimeoutMs ?? 1_000,
      idleTimeoutMs: this.#idleTimeoutMs,
      maxPipelined: config.maxPipelined ?? (mayPipeline(config) ? undefined : 1),
      silentMs: config.replicaProbeTimeoutMs ?? 2_000,
      onSilent: () => void this.dropLost(),
    });
  }

  #makeQuerier(connections: Connections): PoolQuerier {
    const { watch, followers } = this.#options;
    const onRefusedWrite = (): void => this.refusedWrite(connections);
    return new PoolQuerier(connections, { onRefusedWrite, watch, followers });
  }

  #end(timeout: number): void {
    const ending = this.#current.end({ timeout }).finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}

/**
 * Whether a statement may be sent behind others outside of transactions. A pooler may pass the session on after the response
 * to one, also if it has sent a part of the next one already, as PgBouncer did before 1.21: statements of several callers
 * are mixed up in that session then.
 */
function mayPipeline({ pooler, poolerStatements = 0 }: InstanceConnectionsOptions["config"]): boolean {
  return pooler !== "transaction" || poolerStatements > 0;
}
