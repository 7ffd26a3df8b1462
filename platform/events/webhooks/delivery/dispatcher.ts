import type { JobContext, JobPool } from "../../worker/job_pool.ts";
import type { StepOutcome } from "../../worker/work_loop.ts";
import type { WorkObserver } from "../../worker/work_observer.ts";
import type { AttemptResult, Lane, Pace, PendingDelivery } from "./delivery.ts";
import type { DeliveryLanes } from "./delivery_lanes.ts";
import { isRestricted, Places } from "./places.ts";

/** What a dispatcher works with. */
export interface DispatcherOptions {
  readonly lanes: Pick<DeliveryLanes, "claim" | "first" | "settle" | "leave" | "giveBack" | "notePace">;
  readonly pool: JobPool;
  /** How many lanes are worked on at the same time, at the most. */
  readonly concurrency: number;
  /** From when on an attempt took long, in milliseconds. */
  readonly slowMs: number;
  /** Makes an attempt; undefined: it was given up. */
  readonly attempt: (
    lane: Lane,
    delivery: PendingDelivery,
    signal: AbortSignal,
  ) => Promise<AttemptResult | undefined>;
  readonly observer: WorkObserver;
  /** There is more to do than was begun. Must not throw. */
  readonly onMore: () => void;
  /** Nobody will try this delivery any more. Must not throw. */
  readonly onDead?: (delivery: PendingDelivery, result: AttemptResult) => void;
}

/** How many deliveries are made in a row before a lane makes room for others. */
const IN_A_ROW = 50;

/** Works on the lanes that are due, as many at the same time as there is room for, one delivery after the other. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #places: Places;
  /** Whether something may be due that there was no room for. */
  #restricted = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#places = new Places(options.concurrency);
  }

  /** Begins to work on lanes, when there is room. */
  async step({ stopping }: JobContext): Promise<StepOutcome> {
    const { lanes, pool } = this.#options;
    await pool.untilFree();
    if (stopping.aborted) return "idle";
    const room = this.#places.room();
    this.#restricted = isRestricted(room);
    if (room.lanes < 1) return "idle";
    const claimed = await lanes.claim({ ...room, lanes: Math.min(room.lanes, pool.free) });
    for (const { lane, pace } of claimed) {
      // Closed meanwhile.
      if (pool.free < 1) await lanes.giveBack(lane);
      else {
        this.#places.take(lane, pace);
        pool.start("delivery", (context) => this.#work(lane, context));
      }
    }
    return claimed.length === 0 ? "idle" : "more";
  }

  async #work(lane: Lane, context: JobContext): Promise<void> {
    try {
      await this.#goAlong(lane, context);
    } finally {
      this.#places.leave(lane);
      // Others may have waited for its place.
      if (this.#restricted) this.#options.onMore();
    }
  }

  async #goAlong(lane: Lane, { stopping, signal }: JobContext): Promise<void> {
    const { lanes, attempt, onMore, slowMs } = this.#options;
    let delivery = await lanes.first(lane);
    if (delivery === undefined) return await lanes.leave(lane);
    for (let count = 0; count < IN_A_ROW && !stopping.aborted; count++) {
      const begun = performance.now();
      const result = await attempt(lane, delivery, signal);
      if (result === undefined) break;
      const pace = performance.now() - begun < slowMs ? "quick" : "slow";
      const settlement = await lanes.settle(lane, delivery, result);
      if (settlement !== undefined) this.#tell(settlement.state, delivery, result);
      await this.#learn(lane, pace);
      if (settlement?.next === undefined) return;
      delivery = settlement.next;
      // Who takes long makes room after each.
      if (pace === "slow") break;
    }
    await lanes.giveBack(lane);
    onMore();
  }

  async #learn({ endpointId }: Lane, pace: Pace): Promise<void> {
    if (!this.#places.learn(endpointId, pace)) return;
    await this.#options.lanes.notePace(endpointId, pace);
    // Its other lanes may have waited for that.
    this.#options.onMore();
  }

  #tell(state: "delivered" | "dead" | "pending", delivery: PendingDelivery, result: AttemptResult): void {
    if (state !== "pending") this.#options.observer.settled(state);
    if (state === "dead") this.#options.onDead?.(delivery, result);
  }
}
