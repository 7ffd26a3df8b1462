import { BrokerError } from "../broker/broker.ts";
import { DatabaseError, type DatabaseErrorCode } from "../db/errors.ts";
import type { Logger } from "../server/logger.ts";
import type { WorkObserver } from "../worker/work_observer.ts";

/** What goes by, sooner or later: it is waited for. */
const PASSING = new Set<DatabaseErrorCode>([
  "unavailable",
  "saturated",
  "timeout",
  "conflict",
  "outcome-unknown",
]);

/**
 * Counts every failure of a job, and logs it once: one that fails in the same way again and again, until what it needs
 * is back, is not worth a line each time.
 */
export class WorkerFailures {
  readonly #logger: Logger;
  readonly #observer: Pick<WorkObserver, "jobFailed">;
  /** What was logged last, by job. */
  readonly #last = new Map<string, string>();

  constructor(logger: Logger, observer: Pick<WorkObserver, "jobFailed">) {
    this.#logger = logger;
    this.#observer = observer;
  }

  failed(job: string, error: unknown): void {
    this.#observer.jobFailed(job);
    const message = error instanceof Error ? `${error.name}: ${error.message}` : "It threw no error";
    if (this.#last.get(job) === message) return;
    this.#last.set(job, message);
    const passes = error instanceof DatabaseError ? PASSING.has(error.code) : error instanceof BrokerError;
    if (passes) this.#logger.warn("The worker's {job} waits: {message}", { job, message });
    else this.#logger.error("The worker's {job} failed: {message}", { job, message, error });
  }

  recovered(job: string): void {
    if (this.#last.delete(job)) this.#logger.info("The worker's {job} goes on", { job });
  }
}
