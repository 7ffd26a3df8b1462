import type { JobContext, JobPool } from "../worker/job_pool.ts";
import type { StepOutcome } from "../worker/work_loop.ts";
import type { WorkObserver } from "../worker/work_observer.ts";
import type { AttemptResult, Lane, PendingDelivery } from "./delivery.ts";
import type { DeliveryLanes } from "./delivery_lanes.ts";

/** What a dispatcher works with. */
export interface DispatcherOptions {
  readonly lanes: Pick<DeliveryLanes, "claim" | "first" | "settle" | "leave" | "giveBack">;
  readonly pool: JobPool;
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

/** How many lanes of one endpoint are worked on at the same time: a receiver that is slow leaves room for the others. */
const PER_ENDPOINT = 4;

/** How many deliveries are made in a row before a lane makes room for others. */
const IN_A_ROW = 50;

/** Works on the lanes that are due, as many at the same time as the pool has room for, one delivery after the other. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  /** How many lanes are worked on, by endpoint. */
  readonly #busy = new Map<string, number>();

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** Begins to work on lanes, when there is room. */
  async step({ stopping }: JobContext): Promise<StepOutcome> {
    const { lanes, pool } = this.#options;
    await pool.untilFree();
    if (stopping.aborted) return "idle";
    const claimed = await lanes.claim({
      limit: pool.free,
      limitPerEndpoint: PER_ENDPOINT,
      except: [...this.#busy].filter(([, count]) => count >= PER_ENDPOINT).map(([endpoint]) => endpoint),
    });
    for (const lane of claimed) {
      // Closed meanwhile.
      if (pool.free < 1) await lanes.giveBack(lane);
      else pool.start("delivery", (context) => this.#work(lane, context));
    }
    return claimed.length === 0 ? "idle" : "more";
  }

  async #work(lane: Lane, context: JobContext): Promise<void> {
    const { endpointId } = lane;
    this.#busy.set(endpointId, (this.#busy.get(endpointId) ?? 0) + 1);
    try {
      await this.#goAlong(lane, context);
    } finally {
      const left = (this.#busy.get(endpointId) ?? 1) - 1;
      if (left === 0) this.#busy.delete(endpointId);
      else this.#busy.set(endpointId, left);
      // Others of this endpoint may have waited for it.
      if (left === PER_ENDPOINT - 1) this.#options.onMore();
    }
  }

  async #goAlong(lane: Lane, { stopping, signal }: JobContext): Promise<void> {
    const { lanes, attempt, onMore } = this.#options;
    let delivery = await lanes.first(lane);
    if (delivery === undefined) return await lanes.leave(lane);
    for (let count = 0; count < IN_A_ROW && !stopping.aborted; count++) {
      const result = await attempt(lane, delivery, signal);
      if (result === undefined) break;
      const settlement = await lanes.settle(lane, delivery, result);
      if (settlement === undefined) return;
      this.#tell(settlement.state, delivery, result);
      if (settlement.next === undefined) return;
      delivery = settlement.next;
    }
    await lanes.giveBack(lane);
    onMore();
  }

  #tell(state: "delivered" | "dead" | "pending", delivery: PendingDelivery, result: AttemptResult): void {
    if (state !== "pending") this.#options.observer.settled(state);
    if (state === "dead") this.#options.onDead?.(delivery, result);
  }
}
