import type { JobContext, JobHandler } from "@archway/service_kit/job.ts";
import type { ClaimedJob } from "../queue/job.ts";

/** Reason why the signal of a run aborts. */
export type AbortCause = "timeout" | "cancelled" | "lost" | "stopping";

/** Maximum duration of an attempt if its definition has none, in milliseconds. */
const TIMEOUT_MS = 60_000;

const MESSAGES: Readonly<Record<AbortCause, string>> = {
  timeout: "The job has exceeded its timeout",
  cancelled: "The job was cancelled",
  lost: "The lease of the job was lost, so that another worker may run it",
  stopping: "The program stops",
};

/** A claimed job of a worker, which waits in its buffer, runs, or waits for the record of its end. */
export class JobRun {
  readonly job: ClaimedJob;
  readonly handler: JobHandler;
  /** Expiry of the lease, in milliseconds of `performance.now()`. */
  expiresAt: number;
  /** Begin of the run, in milliseconds of `performance.now()`; undefined while it waits. */
  begunAt: number | undefined;
  #aborted: { readonly cause: AbortCause; readonly at: number } | undefined;
  /** Created on demand, as most handlers of short jobs do not use the signal. */
  #controller: AbortController | undefined;
  #abandon: (() => void) | undefined;

  constructor(job: ClaimedJob, handler: JobHandler, expiresAt: number) {
    this.job = job;
    this.handler = handler;
    this.expiresAt = expiresAt;
  }

  /** Reason why its signal has aborted; undefined if it has not. */
  get abortCause(): AbortCause | undefined {
    return this.#aborted?.cause;
  }

  /** Aborts the signal, once. */
  abort(cause: AbortCause): void {
    if (this.#aborted !== undefined) return;
    this.#aborted = { cause, at: performance.now() };
    this.#controller?.abort(abortError(cause));
  }

  /** Calls the handler. Resolves also when the run is abandoned. */
  run(traceparent: string | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.begunAt = performance.now();
    this.#abandon = (): void => reject(new Error("The handler did not end when its signal aborted"));
    this.handler.run(this.job.payload, this.#context(traceparent)).then(resolve, reject);
    return promise;
  }

  /** Aborts a run whose time is over, and abandons one that does not end `graceMs` after it was aborted. */
  checkDeadlines(now: number, graceMs: number): void {
    if (this.#aborted !== undefined) {
      if (now >= this.#aborted.at + graceMs) this.#abandon?.();
    } else if (now >= this.expiresAt) this.abort("lost");
    else if (this.begunAt !== undefined && now >= this.begunAt + this.timeoutMs) this.abort("timeout");
  }

  /** Maximum duration, in milliseconds. */
  get timeoutMs(): number {
    return this.handler.job.timeoutMs ?? TIMEOUT_MS;
  }

  get #signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(abortError(this.#aborted.cause));
    }
    return this.#controller.signal;
  }

  #context(traceparent: string | undefined): JobContext {
    const { id, kind, attempts, enqueuedAt } = this.job;
    const signal = (): AbortSignal => this.#signal;
    return {
      ...{ id, kind, enqueuedAt, traceparent },
      attempt: attempts + 1,
      get signal(): AbortSignal {
        return signal();
      },
    };
  }
}

function abortError(cause: AbortCause): DOMException {
  return new DOMException(MESSAGES[cause], cause === "timeout" ? "TimeoutError" : "AbortError");
}
