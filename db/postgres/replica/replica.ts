import type { CheckIdleOptions, InstanceHealth, PoolStatus, Querier } from "../../db.ts";
import { queryWithTimeout, UNREACHABLE } from "../connection/query_with_timeout.ts";
import { closingTimeout } from "../connection/closing_timeout.ts";
import type { Connection } from "../connection/connection.ts";
import { openConnection } from "../connection/open_connection.ts";
import { InstanceConnections } from "../connection/instance_connections.ts";
import type { InstanceConfig, PoolConfig } from "../pool_config.ts";
import { probeReplica } from "./probe_replica.ts";
import { readReplayed } from "./read_replayed.ts";
import type { ReadTarget } from "./reader_router.ts";
import { ReplicaHealth } from "./replica_health.ts";
import { ReplayProgress } from "./replay_progress.ts";

/** Delay before a lost replica is probed again, in milliseconds. */
const backoffMs = { first: 100, most: 10_000 };

/** Replica that takes reads while it is healthy, with a dedicated connection for probes. */
export class Replica implements ReadTarget {
  readonly name: string;
  readonly health: ReplicaHealth;
  readonly progress: ReplayProgress;
  readonly #instance: InstanceConfig;
  readonly #reads: InstanceConnections;
  readonly #probes: InstanceConnections;

  constructor(
    name: string,
    instance: InstanceConfig,
    { config, onChange, primaryStart }: {
      readonly config: PoolConfig;
      readonly onChange: () => void;
      /** Returns the start of the primary; undefined if unknown. */
      readonly primaryStart: () => string | undefined;
    },
  ) {
    this.name = name;
    this.#instance = instance;
    const timeoutMs = config.replicaProbeTimeoutMs ?? 2_000;
    const open = (signal: AbortSignal): Promise<Connection> =>
      openConnection(instance, { config, readOnly: true, signal });
    this.#reads = new InstanceConnections({
      config,
      watch: config.observer && { observer: config.observer, instance: name },
      max: instance.maxConnections,
      open,
      // Ejection drops every connection, so that it needs no check after a reconnect.
      probe: () => ({
        ask: (run) => queryWithTimeout(this.#probes, run, { timeoutMs }),
        takeReconnected: () => false,
      }),
    });
    let session: Connection | undefined;
    const openSession = async (signal: AbortSignal): Promise<Connection> => session = await open(signal);
    this.#probes = new InstanceConnections({ config, max: 1, open: openSession });
    this.progress = new ReplayProgress({
      read: () => readReplayed(this.#probes.querier),
      pause: (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)),
      session: () => session,
    });
    this.health = new ReplicaHealth({
      probe: async () => {
        const { state, replayed } = await probeReplica(this.#probes, {
          timeoutMs,
          primaryStart: primaryStart(),
        });
        this.progress.record(replayed);
        return state;
      },
      onEject: () => {
        this.progress.reset();
        this.#reads.cut();
      },
      onChange,
      maxLagMs: config.replicaMaxLagMs ?? 10_000,
      intervalMs: config.replicaProbeIntervalMs ?? 1_000,
      backoffMs,
      now: () => performance.now(),
      random: Math.random,
      schedule: runLater,
    });
  }

  get inFlight(): number {
    return this.#reads.current.running;
  }

  get querier(): Querier {
    return this.#reads.querier;
  }

  /** Reports that a read on `querier` failed because the replica is unusable. */
  reportFailure(querier: Querier): void {
    // A querier of dropped connections does not reflect the current ones.
    if (querier === this.querier) this.health.reportFailure(UNREACHABLE);
  }

  /** Returns its health as of the last probe, without waiting for a new one. */
  async describe(): Promise<InstanceHealth> {
    await this.health.first();
    const { reason } = this.health;
    const health = { name: this.name, role: "replica" } as const;
    return reason === undefined ? { ...health, healthy: true } : { ...health, healthy: false, reason };
  }

  /** Address as "host:port". */
  get address(): string {
    return `${this.#instance.host}:${this.#instance.port}`;
  }

  /** Replication lag at the last probe, in milliseconds; undefined if it failed. */
  get lagMs(): number | undefined {
    return this.health.lagMs;
  }

  get status(): PoolStatus {
    return this.#reads.status;
  }

  /** Closes idle connections that do not respond in time; see `ConnectionPool`. */
  async checkIdle(options: CheckIdleOptions): Promise<void> {
    await Promise.all([this.#reads.checkIdle(options), this.#probes.checkIdle(options)]);
  }

  /** Closes its connections after reads in flight have ended. */
  async end(): Promise<void> {
    const timeout = closingTimeout(this.#reads.current.isBusy);
    this.health[Symbol.dispose]();
    this.progress.reset();
    await Promise.all([this.#reads.end({ timeout }), this.#probes.end({ timeout: 0 })]);
  }
}

function runLater(run: () => void, delayMs: number): () => void {
  const timer = setTimeout(run, delayMs);
  Deno.unrefTimer(timer);
  return () => clearTimeout(timer);
}
