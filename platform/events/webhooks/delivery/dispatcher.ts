import type { TaskContext, TaskPool } from "@archway/queue/task_pool.ts";
import type { StepOutcome } from "@archway/queue/work_loop.ts";
import type { WorkObserver } from "../../worker/work_observer.ts";
import { ConcurrencyLimiter, isRestricted } from "./concurrency_limiter.ts";
import type { AttemptResult, ClaimedKey, LatencyClass, PendingDelivery } from "./delivery.ts";
import type { DeliveryQueue } from "./delivery_queue.ts";

/** Options of a dispatcher. */
export interface DispatcherOptions {
  readonly queue: Pick<
    DeliveryQueue,
    "claim" | "first" | "settle" | "complete" | "release" | "recordLatencyClass" | "throttle" | "disable"
  >;
  readonly pool: TaskPool;
  /** Maximum number of ordering keys that are processed at the same time. */
  readonly concurrency: number;
  /** Duration from which an attempt counts as slow, in milliseconds. */
  readonly slowMs: number;
  /** Makes an attempt. Resolves to undefined if the attempt was aborted. */
  readonly attempt: (
    key: ClaimedKey,
    delivery: PendingDelivery,
    signal: AbortSignal,
  ) => Promise<AttemptResult | undefined>;
  readonly observer: WorkObserver;
  /** Called when more deliveries may be due. Must not throw. */
  readonly onMore: () => void;
  /** Called when the last attempt at a delivery has failed. Must not throw. */
  readonly onDead?: (delivery: PendingDelivery, result: AttemptResult) => void;
  /** Called when an endpoint was disabled. Must not throw. */
  readonly onDisabled?: (endpointId: string) => void;
  /** Called when deliveries to disabled endpoints are to be discarded. Must not throw. */
  readonly onDiscardable: () => void;
}

/** Maximum number of consecutive deliveries of one ordering key before others get their turn. */
const MAX_CONSECUTIVE = 50;

/** Delivers what is due: ordering keys concurrently, up to a limit, and the deliveries of one key in order. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #limiter: ConcurrencyLimiter;
  /** Whether due keys may have been skipped for lack of capacity. */
  #restricted = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#limiter = new ConcurrencyLimiter(options.concurrency);
  }

  /** Claims due ordering keys, as far as there is capacity, and starts to deliver. */
  async step({ stopping }: TaskContext): Promise<StepOutcome> {
    const { queue, pool } = this.#options;
    await pool.untilFree();
    if (stopping.aborted) return "idle";
    const capacity = this.#limiter.capacity();
    this.#restricted = isRestricted(capacity);
    if (capacity.keys < 1) return "idle";
    const claims = await queue.claim({ ...capacity, keys: Math.min(capacity.keys, pool.free) });
    for (const { key, latency } of claims) {
      // The pool may have been closed during the claim.
      if (pool.free < 1) await queue.release(key);
      else {
        this.#limiter.acquire(key, latency);
        pool.start("delivery", (context) => this.#work(key, context));
      }
    }
    return claims.length === 0 ? "idle" : "more";
  }

  async #work(key: ClaimedKey, context: TaskContext): Promise<void> {
    try {
      await this.#deliverInOrder(key, context);
    } finally {
      this.#limiter.release(key);
      // Other keys may have been waiting for this capacity.
      if (this.#restricted) this.#options.onMore();
    }
  }

  async #deliverInOrder(key: ClaimedKey, { stopping, signal }: TaskContext): Promise<void> {
    const { queue, attempt, onMore, onDiscardable, slowMs } = this.#options;
    let delivery = await queue.first(key);
    if (delivery === undefined) return await queue.complete(key);
    for (let count = 0; count < MAX_CONSECUTIVE && !stopping.aborted; count++) {
      const begun = performance.now();
      const result = await attempt(key, delivery, signal);
      if (result === undefined) break;
      const latency = performance.now() - begun < slowMs ? "quick" : "slow";
      const settlement = await queue.settle(key, delivery, result);
      if (settlement !== undefined) this.#report(settlement.state, delivery, result);
      await this.#recordLatency(key, latency);
      if (result.failure === "gone") return await this.#disable(key);
      if (result.retryAfterMs !== undefined) await queue.throttle(key.endpointId, result.retryAfterMs);
      if (settlement?.next === undefined) return;
      if (settlement.isDisabled) {
        await queue.release(key);
        return onDiscardable();
      }
      delivery = settlement.next;
      // A slow endpoint yields after every attempt.
      if (latency === "slow") break;
    }
    await queue.release(key);
    onMore();
  }

  async #disable(key: ClaimedKey): Promise<void> {
    const { queue, onDisabled, onDiscardable } = this.#options;
    if (await queue.disable(key)) onDisabled?.(key.endpointId);
    onDiscardable();
  }

  async #recordLatency({ endpointId }: ClaimedKey, latency: LatencyClass): Promise<void> {
    if (!this.#limiter.recordLatency(endpointId, latency)) return;
    await this.#options.queue.recordLatencyClass(endpointId, latency);
    // The new class may admit other keys of the endpoint.
    this.#options.onMore();
  }

  #report(state: "delivered" | "dead" | "pending", delivery: PendingDelivery, result: AttemptResult): void {
    if (state !== "pending") this.#options.observer.settled(state);
    if (state === "dead") this.#options.onDead?.(delivery, result);
  }
}
