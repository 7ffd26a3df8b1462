import type { InstanceHealth, Querier } from "../db.ts";
import type { DriverQuerier } from "./driver_querier.ts";
import { openDriver } from "./open_driver.ts";
import type { InstanceConfig, PoolConfig } from "./pool_config.ts";
import { faultReason, probeReplica } from "./probe_replica.ts";
import { readReplayed } from "./read_replayed.ts";
import type { ReadTarget } from "./reader_router.ts";
import { ReplicaConnections } from "./replica_connections.ts";
import { ReplicaHealth } from "./replica_health.ts";
import { ReplayProgress } from "./replay_progress.ts";

/** When a lost replica is asked again: first, and at most. */
const backoffMs = { first: 100, most: 10_000 };

/** One server that takes reads while it can, with one more connection that asks whether it can. */
export class Replica implements ReadTarget {
  readonly name: string;
  readonly health: ReplicaHealth;
  readonly progress: ReplayProgress;
  readonly #reads: ReplicaConnections;
  readonly #probes: ReplicaConnections;

  constructor(
    name: string,
    instance: InstanceConfig,
    { config, onChange }: { readonly config: PoolConfig; readonly onChange: () => void },
  ) {
    this.name = name;
    const readOnly = true;
    this.#reads = new ReplicaConnections(() => openDriver(instance, config, { readOnly }));
    const patienceMs = config.replicaPatienceMs ?? 2_000;
    const single = { ...instance, maxConnections: 1 };
    this.#probes = new ReplicaConnections(() => openDriver(single, config, { readOnly }));
    this.progress = new ReplayProgress({
      ask: () => readReplayed(this.#probes.querier),
      pause: (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)),
    });
    this.health = new ReplicaHealth({
      probe: async () => {
        const { state, replayed } = await probeReplica(this.#probes, { patienceMs });
        this.progress.note(replayed);
        return state;
      },
      onFault: () => {
        this.progress.forget();
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
    return this.#reads.querier.running;
  }

  get querier(): DriverQuerier {
    return this.#reads.querier;
  }

  /** Tells that a read on `querier` found the replica unusable. */
  fault(querier: Querier): void {
    // One that was cut before says nothing about the connections of now.
    if (querier === this.querier) this.health.fault(faultReason("unavailable"));
  }

  /** Tells how it was when it was asked last, so that one that stands still holds nobody up. */
  async describe(): Promise<InstanceHealth> {
    await this.health.first();
    const { reason } = this.health;
    const health = { name: this.name, role: "replica" } as const;
    return reason === undefined ? { ...health, healthy: true } : { ...health, healthy: false, reason };
  }

  /** Closes its connections; reads in flight have so many seconds to end. */
  async end({ timeout }: { readonly timeout: number }): Promise<void> {
    this.health[Symbol.dispose]();
    this.progress.forget();
    await Promise.all([this.#reads.end({ timeout }), this.#probes.end({ timeout: 0 })]);
  }
}

function runLater(run: () => void, delayMs: number): () => void {
  const timer = setTimeout(run, delayMs);
  Deno.unrefTimer(timer);
  return () => clearTimeout(timer);
}
