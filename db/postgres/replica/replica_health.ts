import { LagMeter, type ReplicaState } from "./lag_meter.ts";

/** What {@link ReplicaHealth} works with. */
export interface ReplicaHealthOptions {
  /** Asks the replica, in bounded time; rejects where it cannot be used, with the reason as message. */
  readonly probe: () => Promise<ReplicaState>;
  /** Called when the replica was ejected for a fault: what waits for its answer need not wait any longer. */
  readonly onFault: () => void;
  /** Called when {@link ReplicaHealth.available} has changed. */
  readonly onChange: () => void;
  readonly maxLagMs: number;
  /** From the end of a probe to the next one. */
  readonly intervalMs: number;
  /** How long after a fault it is asked again: the first time, and at most. */
  readonly backoffMs: { readonly first: number; readonly most: number };
  readonly now: () => number;
  readonly random: () => number;
  /** Runs a function later, without keeping the process; gives what prevents it. */
  readonly schedule: (run: () => void, delayMs: number) => () => void;
}

/**
 * Whether one replica takes reads. It does when a probe has found it reachable and not too far behind, and until a
 * probe or a read fails. Then it is asked again after a time that doubles from fault to fault, with jitter so that
 * many processes do not ask at once.
 */
export class ReplicaHealth implements Disposable {
  readonly #options: ReplicaHealthOptions;
  readonly #lag: LagMeter;
  #state: "unknown" | "available" | "behind" | "faulty" | "disposed" = "unknown";
  #reason = "It has not been asked yet";
  /** How often it has failed in a row, without a longer time in between. */
  #faults = 0;
  #lagMs = 0;
  #ejections = 0;
  /** Since when it has been without a fault. */
  #soundSince = 0;
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

  /** Whether it answers, but is too far behind. */
  get behind(): boolean {
    return this.#state === "behind";
  }

  /** Why it takes no reads, in words without secrets; undefined where it does. */
  get reason(): string | undefined {
    return this.available ? undefined : this.#reason;
  }

  /** How far it was behind when it answered last, in milliseconds; undefined while it cannot be asked. */
  get lagMs(): number | undefined {
    return this.available || this.behind ? this.#lagMs : undefined;
  }

  /** Begins to ask. Resolves when the first answer is there; called later, at once. */
  first(): Promise<void> {
    return this.#state === "unknown" ? this.check() : Promise.resolve();
  }

  /** Asks now. Resolves when it has answered or failed; never rejects. */
  check(): Promise<void> {
    if (this.#state === "disposed") return Promise.resolve();
    if (this.#probing === undefined) {
      this.#cancel?.();
      this.#probing = this.#probe().finally(() => this.#probing = undefined);
    }
    return this.#probing;
  }

  /** Tells that a read failed because the replica cannot be used now. */
  fault(reason: string): void {
    if (this.#state !== "faulty") this.#eject(reason);
  }

  [Symbol.dispose](): void {
    this.#cancel?.();
    this.#state = "disposed";
  }

  async #probe(): Promise<void> {
    const ejectionsBefore = this.#ejections;
    const { probe, maxLagMs, intervalMs, now, random } = this.#options;
    try {
      const lagMs = this.#lag.measure(await probe());
      // A read has failed meanwhile, which the answer may be older than: that has arranged for the next probe.
      if (this.#state === "disposed" || this.#ejections !== ejectionsBefore) return;
      if (this.#state === "faulty" || this.#state === "unknown") this.#soundSince = now();
      this.#lagMs = lagMs;
      if (lagMs > maxLagMs) this.#change("behind", behindReason(lagMs, maxLagMs));
      else this.#change("available", "");
      this.#later(intervalMs * (0.75 + random() / 2));
    } catch (error) {
      if (this.#ejections === ejectionsBefore) {
        this.#eject(error instanceof Error ? error.message : "The check failed");
      }
    }
  }

  #eject(reason: string): void {
    if (this.#state === "disposed") return;
    const { backoffMs, now, random, onFault } = this.#options;
    this.#ejections++;
    const isNew = this.#state !== "faulty";
    // One that fails soon after it was taken back goes on where it was.
    if (isNew && now() - this.#soundSince >= backoffMs.most) this.#faults = 0;
    this.#change("faulty", reason);
    if (isNew) onFault();
    const delay = Math.min(backoffMs.first * 2 ** this.#faults, backoffMs.most);
    this.#faults++;
    this.#later(delay * (0.5 + random() / 2));
  }

  #change(state: "available" | "behind" | "faulty", reason: string): void {
    const before = this.available;
    this.#state = state;
    this.#reason = reason;
    if (before !== this.available) this.#options.onChange();
  }

  #later(delayMs: number): void {
    this.#cancel?.();
    this.#cancel = this.#options.schedule(() => void this.#checkAfresh(), delayMs);
  }

  /**
   * Asks as soon as a probe that is under way has ended. That one began before a fault, so its answer counts for nothing
   * and arranges for no other: were it taken for the one that is due now, nobody would ask ever again.
   */
  async #checkAfresh(): Promise<void> {
    await this.#probing;
    await this.check();
  }
}

function behindReason(lagMs: number, maxLagMs: number): string {
  const lag = Number.isFinite(lagMs) ? `${(lagMs / 1000).toFixed(1)} s behind` : "behind by an unknown time";
  return `Takes no reads: it is ${lag}, and ${maxLagMs / 1000} s are allowed`;
}
