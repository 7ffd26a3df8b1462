import type { JobContext } from "./job_pool.ts";
import { pause } from "./pause.ts";

/** Whether there was nothing to do, or there may be more. */
export type StepOutcome = "idle" | "more";

/** What a loop does, and when. */
export interface WorkLoopOptions {
  /** Does a piece of what there is to do. */
  readonly step: (context: JobContext) => Promise<StepOutcome>;
  /** How long to wait, in milliseconds, before it is looked again whether there is something to do. */
  readonly pollMs: number;
  /**
   * How long to wait once it was woken, in milliseconds, for more that comes at the same time.
   *
   * @default {0}
   */
  readonly lingerMs?: number;
  /** Told of every step that rejects; the loop goes on. Must not throw. */
  readonly onFailure: (error: unknown) => void;
  /** Told when a step has succeeded after one or several that had not. Must not throw. */
  readonly onRecovery?: () => void;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** How long after a step that failed the next one follows, in milliseconds: doubled every time, up to the last. */
const RETRY_MS = { first: 100, last: 30_000 };

/** Does something again and again: at once while there is more to do, else when it is woken or its time has come. */
export class WorkLoop {
  readonly #options: WorkLoopOptions;
  #woken = Promise.withResolvers<void>();

  constructor(options: WorkLoopOptions) {
    this.#options = options;
  }

  /** There may be something to do. */
  wake(): void {
    this.#woken.resolve();
  }

  /** Runs until nothing new is to be begun: a job of a pool. Never rejects. */
  async run(context: JobContext): Promise<void> {
    let failures = 0;
    while (!context.stopping.aborted) {
      // Before it is looked for work: what comes during that is not to be missed.
      this.#woken = Promise.withResolvers();
      try {
        const outcome = await this.#options.step(context);
        if (failures > 0) this.#options.onRecovery?.();
        failures = 0;
        if (outcome === "idle") await this.#wait(context.stopping);
      } catch (error) {
        // What was given up because the program ends has not failed.
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
