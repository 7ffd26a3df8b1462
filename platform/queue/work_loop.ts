import type { TaskContext } from "./task_pool.ts";
import { pause } from "./pause.ts";

/** Outcome of a step: "idle" if nothing was left to do, "more" if there may be more. */
export type StepOutcome = "idle" | "more";

/** Options of a work loop. */
export interface WorkLoopOptions {
  /** Does a part of the work. */
  readonly step: (context: TaskContext) => Promise<StepOutcome>;
  /** Interval between steps while idle, in milliseconds, ±25 % jitter. */
  readonly pollMs: number;
  /**
   * Delay after waking up, in milliseconds, to batch work that arrives at the same time.
   *
   * @default {0}
   */
  readonly lingerMs?: number;
  /** Called when a step rejects; the loop continues. Must not throw. */
  readonly onFailure: (error: unknown) => void;
  /** Called when a step succeeds after failures. Must not throw. */
  readonly onRecovery?: () => void;
  /** Returns a number from 0 to 1. */
  readonly random: () => number;
}

/** First and maximum delay after a failed step, in milliseconds; doubles with every failure. */
const RETRY_MS = { first: 100, last: 30_000 };

/** Repeats a step: at once while there is more to do, otherwise when woken or after an interval. */
export class WorkLoop {
  readonly #options: WorkLoopOptions;
  #woken = Promise.withResolvers<void>();

  constructor(options: WorkLoopOptions) {
    this.#options = options;
  }

  /** Starts the next step if the loop is idle. */
  wake(): void {
    this.#woken.resolve();
  }

  /** Runs until `context.stopping` aborts, as a task of a pool. Never rejects. */
  async run(context: TaskContext): Promise<void> {
    let failures = 0;
    while (!context.stopping.aborted) {
      // Before the step, so that a wake-up during the step is not missed.
      this.#woken = Promise.withResolvers();
      try {
        const outcome = await this.#options.step(context);
        if (failures > 0) this.#options.onRecovery?.();
        failures = 0;
        if (outcome === "idle") await this.#wait(context.stopping);
      } catch (error) {
        // An error caused by the shutdown is not a failure.
        if (context.signal.aborted) return;
        this.#options.onFailure(error);
        const retryMs = Math.min(RETRY_MS.first * 2 ** failures++, RETRY_MS.last);
        await pause(retryMs * (0.5 + this.#options.random() / 2), { signal: context.stopping });
      }
    }
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const { pollMs, lingerMs = 0, random } = this.#options;
    let woken = false;
    const until = this.#woken.promise.then(() => woken = true);
    await pause(pollMs * (0.75 + random() / 2), { signal, until });
    if (woken && lingerMs > 0) await pause(lingerMs, { signal });
  }
}
