import { LagMeter, type ReplicaState } from "./lag_meter.ts";

/** Options of {@link ReplicaHealth}. */
export interface ReplicaHealthOptions {
  /** Probes the replica with a timeout. Rejects with the reason as message. */
  readonly probe: () => Promise<ReplicaState>;
  /** Called when the replica is ejected after a failure, to abandon pending reads. */
  readonly onEject: () => void;
  /** Called when {@link ReplicaHealth.available} has changed. */
  readonly onChange: () => void;
  readonly maxLagMs: number;
  /** Time between probes in milliseconds. */
  readonly intervalMs: number;
  /** Initial and maximum delay of the next probe after a failure, in milliseconds. */
  readonly backoffMs: { readonly first: number; readonly most: number };
  readonly now: () => number;
  readonly random: () => number;
  /** Schedules a function and returns one that cancels it. Does not keep the process alive. */
  readonly schedule: (run: () => void, delayMs: number) => () => void;
}

/**
 * Health of a replica. It takes reads after a probe has found it reachable and not too far behind, until a probe or a
 * read fails. Probes then follow with exponential backoff, and jitter so that many processes do not probe at once.
 */
export class ReplicaHealth implements Disposable {
  readonly #options: ReplicaHealthOptions;
  readonly #lag: LagMeter;
  #state: "unknown" | "available" | "behind" | "ejected" | "disposed" = "unknown";
  #reason = "not probed yet";
  /** Number of consecutive failures without a longer healthy period. */
  #failures = 0;
  #lagMs = 0;
  #ejections = 0;
  /** Start of the current healthy period. */
  #healthySince = 0;
  #probing: Promise<void> | undefined;
  #cancel: (() => void) | undefined;

  constructor(options: ReplicaHealthOptions) {
    this.#options = options;
    this.#lag = new LagMeter(options.now);
  }

  /** Whether it takes reads. */
  get available(): boolean {
    return this.#state === "available";
  }

  /** Whether it is reachable, but too far behind. */
  get behind(): boolean {
    return this.#state === "behind";
  }

  /** Reason why it takes no reads, without secrets; undefined if it does. */
  get reason(): string | undefined {
    return this.available ? undefined : this.#reason;
  }

  /** Replication lag at the last probe, in milliseconds; undefined if it failed. */
  get lagMs(): number | undefined {
    return this.available || this.behind ? this.#lagMs : undefined;
  }

  /** Starts probing. Resolves after the first probe; later calls resolve immediately. */
  first(): Promise<void> {
    return this.#state === "unknown" ? this.check() : Promise.resolve();
  }

  /** Probes now. Resolves when the probe has succeeded or failed; never rejects. */
  check(): Promise<void> {
    if (this.#state === "disposed") return Promise.resolve();
    if (this.#probing === undefined) {
      this.#cancel?.();
      this.#probing = this.#probe().finally(() => this.#probing = undefined);
    }
    return this.#probing;
  }

  /** Reports that a read failed because the replica is unusable. */
  reportFailure(reason: string): void {
    if (this.#state !== "ejected") this.#eject(reason);
  }

  [Symbol.dispose](): void {
    this.#cancel?.();
    this.#state = "disposed";
  }

  async #probe(): Promise<void> {
    const ejectionsBefore = this.#ejections;
    const { probe, maxLagMs, intervalMs, now, random } = this.#options;
    try {
      const state = await probe();
      const lagMs = state.isPromoted === true ? Infinity : this.#lag.measure(state);
      // A read has failed in the meantime, possibly after the replica responded, and has scheduled the next probe.
      if (this.#state === "disposed" || this.#ejections !== ejectionsBefore) return;
      if (this.#state === "ejected" || this.#state === "unknown") this.#healthySince = now();
      this.#lagMs = lagMs;
      if (state.isPromoted === true) this.#change("behind", promotedReason);
      else if (lagMs > maxLagMs) this.#change("behind", behindReason(lagMs, maxLagMs));
      else this.#change("available", "");
      this.#later(intervalMs * (0.75 + random() / 2));
    } catch (error) {
      if (this.#ejections === ejectionsBefore) {
        this.#eject(error instanceof Error ? error.message : "health probe failed");
      }
    }
  }

  #eject(reason: string): void {
    if (this.#state === "disposed") return;
    const { backoffMs, now, random, onEject } = this.#options;
    this.#ejections++;
    const isNew = this.#state !== "ejected";
    // A failure soon after recovery continues the backoff.
    if (isNew && now() - this.#healthySince >= backoffMs.most) this.#failures = 0;
    this.#change("ejected", reason);
    if (isNew) onEject();
    const delay = Math.min(backoffMs.first * 2 ** this.#failures, backoffMs.most);
    this.#failures++;
    this.#later(delay * (0.5 + random() / 2));
  }

  #change(state: "available" | "behind" | "ejected", reason: string): void {
    const before = this.available;
    this.#state = state;
    this.#reason = reason;
    if (before !== this.available) this.#options.onChange();
  }

  #later(delayMs: number): void {
    this.#cancel?.();
    this.#cancel = this.#options.schedule(() => void this.#checkAgain(), delayMs);
  }

  /**
   * Probes after a running probe has ended. If that one started before a failure, its result is ignored and it schedules
   * no further probe, so joining it instead would end the probing.
   */
  async #checkAgain(): Promise<void> {
    await this.#probing;
    await this.check();
  }
}

/** It takes reads while the primary is lost, as one that is behind. */
const promotedReason = "follows no primary: it was promoted, or is another server";

function behindReason(lagMs: number, maxLagMs: number): string {
  const lag = Number.isFinite(lagMs) ? `${(lagMs / 1000).toFixed(1)} s` : "unknown";
  return `replication lag too high (${lag}, maximum ${maxLagMs / 1000} s)`;
}
