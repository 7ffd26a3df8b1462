import { DatabaseError } from "../../errors.ts";
import type { Connection } from "../connection/connection.ts";
import { openConnection } from "../connection/open_connection.ts";
import { toDatabaseError } from "../connection/to_database_error.ts";
import type { InstanceConfig, PoolConfig } from "../pool_config.ts";
import type { PrimaryCandidate } from "./primary_candidate.ts";

/** Options of {@link PrimaryFinder}. */
export interface PrimaryFinderOptions {
  readonly config: PoolConfig;
  /** Called when another server has become the primary. Existing connections are obsolete then. */
  readonly onMoved: () => void;
}

/** Time to wait for the other servers once one accepts writes, in milliseconds. */
const othersMs = 300;

/**
 * Finds the primary among several servers. It accepts writes, and if two do, it is the one on the newer timeline. The
 * other is a former primary that was restarted after a standby had been promoted. On one timeline they are addresses of
 * one server, such as two poolers, and the current one is kept.
 */
export class PrimaryFinder implements Disposable {
  readonly #candidates: readonly PrimaryCandidate[];
  readonly #options: PrimaryFinderOptions;
  #current: InstanceConfig | undefined;
  /** Timeline of {@link current} at the last search. */
  #timeline = 0;
  #search: Promise<InstanceConfig> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;

  constructor(candidates: readonly PrimaryCandidate[], options: PrimaryFinderOptions) {
    this.#options = options;
    this.#candidates = candidates;
  }

  /** Primary as of the last search. */
  get current(): InstanceConfig | undefined {
    return this.#current;
  }

  /**
   * Opens a connection to the primary. Rejects with code "unavailable" while no server accepts writes, and with the reason
   * of the signal when that aborts.
   */
  async open(signal: AbortSignal): Promise<Connection> {
    this.#watch();
    const known = this.#current;
    if (known !== undefined) {
      const connection = await this.#connect(known, signal);
      if (connection !== undefined) return connection;
      // Then the server is not to blame.
      signal.throwIfAborted();
      if (this.#current === known) this.#current = undefined;
    }
    const connection = await this.#connect(await this.find(), signal);
    if (connection !== undefined) return connection;
    signal.throwIfAborted();
    throw noPrimary();
  }

  /** Searches for the primary by probing every server. Concurrent calls share the result. */
  find(): Promise<InstanceConfig> {
    this.#search ??= this.#probeAll().finally(() => this.#search = undefined);
    return this.#search;
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
  }

  async #connect(instance: InstanceConfig, signal: AbortSignal): Promise<Connection | undefined> {
    const { config } = this.#options;
    const opening = openConnection(instance, { config, readOnly: false, signal });
    const connection = await opening.catch(() => undefined);
    if (connection?.refusesWrites !== true) return connection;
    void connection.close();
    return undefined;
  }

  async #probeAll(): Promise<InstanceConfig> {
    let best: { readonly instance: InstanceConfig; readonly timeline: number } | undefined;
    const found = Promise.withResolvers<void>();
    const current = this.#current;
    const probes = this.#candidates.map(async (candidate) => {
      const { instance } = candidate;
      const { acceptsWrites, timeline } = await candidate.readState();
      if (!acceptsWrites) return;
      const isNewer = best === undefined || timeline > best.timeline;
      if (isNewer || (timeline === best?.timeline && instance === current)) best = { instance, timeline };
      found.resolve();
    });
    const all = Promise.allSettled(probes);
    await Promise.race([all, found.promise]);
    if (best === undefined) await all;
    // In two halves: if this process was blocked that long, responses that have arrived are read in between.
    else await Promise.race([all, pause(othersMs / 2).then(() => pause(othersMs / 2))]);
    // A current one that is slower than the others, and may respond yet.
    if (best?.timeline === this.#timeline && best.instance !== current) {
      await probes[this.#candidates.findIndex(({ instance }) => instance === current)]?.catch(() =>
        undefined
      );
    }
    if (best === undefined) throw noPrimary(this.#reasons(await all));
    this.#timeline = best.timeline;
    this.#setCurrent(best.instance);
    return best.instance;
  }

  /** Returns the reason why each host is not the primary, for operators. */
  #reasons(results: readonly PromiseSettledResult<void>[]): string {
    return this.#candidates.map(({ instance: { host, port } }, index) => {
      const result = results[index];
      return `${host}:${port}: ${
        result?.status === "rejected" ? reasonOf(result.reason) : "does not accept writes"
      }`;
    }).join("; ");
  }

  #setCurrent(instance: InstanceConfig): void {
    const before = this.#current;
    this.#current = instance;
    if (before !== undefined && before !== instance) this.#options.onMoved();
  }

  /** Polls for a new primary: one that hangs does not close its connections. */
  #watch(): void {
    if (this.#timer !== undefined || this.#disposed) return;
    const intervalMs = this.#options.config.replicaProbeIntervalMs ?? 1_000;
    this.#timer = setTimeout(() => {
      this.find().catch(() => undefined).finally(() => {
        this.#timer = undefined;
        this.#watch();
      });
    }, intervalMs * (0.75 + Math.random() / 2));
    Deno.unrefTimer(this.#timer);
  }
}

async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function noPrimary(reasons?: string): DatabaseError {
  const options = reasons === undefined ? {} : { cause: new Error(reasons) };
  return new DatabaseError("unavailable", "None of the primary's hosts accepts writes", options);
}

/** Returns the message of the server or the system, which contains neither SQL nor values. */
function reasonOf(error: unknown): string {
  const { message, cause } = toDatabaseError(error);
  return cause instanceof Error ? cause.message : message;
}
