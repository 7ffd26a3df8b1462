import { DatabaseError, type DatabaseErrorCode } from "@archway/db/errors.ts";
import type { Logger } from "@archway/server/logger.ts";

/** Options of the failures of a worker. */
export interface WorkerFailuresOptions {
  readonly logger: Logger;
  /** Counts a failure. Must not throw. */
  readonly onFailure: (job: string) => void;
  /** Whether an error resolves without an operator's action. @default never, apart from errors of the database */
  readonly isTransient?: (error: unknown) => boolean;
}

/** Errors that resolve without an operator's action. */
const TRANSIENT = new Set<DatabaseErrorCode>([
  "unavailable",
  "saturated",
  "timeout",
  "conflict",
  "outcome-unknown",
]);

/**
 * Counts every failure of a worker's loops and tasks, here called its jobs, and logs a failure once: repetitions of the
 * same error are not logged until the job has recovered. That no connection was free is logged when it happens twice in a
 * row: at a start, all jobs want one at once.
 */
export class WorkerFailures {
  readonly #options: WorkerFailuresOptions;
  /** Last logged error, by job. */
  readonly #last = new Map<string, string>();
  /** Jobs whose last attempt found no free connection. */
  readonly #waited = new Set<string>();

  constructor(options: WorkerFailuresOptions) {
    this.#options = options;
  }

  /** Records a failure of a job. */
  failed(job: string, error: unknown): void {
    const { logger, onFailure, isTransient = (): boolean => false } = this.#options;
    onFailure(job);
    const isFull = error instanceof DatabaseError && error.code === "saturated";
    if (isFull && !this.#waited.has(job)) return void this.#waited.add(job);
    const message = failureMessage(error);
    if (this.#last.get(job) === message) return;
    this.#last.set(job, message);
    const transient = error instanceof DatabaseError ? isTransientError(error) : isTransient(error);
    if (transient) logger.warn("Worker job {job} is retrying: {message}", { job, message });
    else logger.error("Worker job {job} failed", { job, error: asError(error) });
  }

  /** Records a success of a job after failures. */
  recovered(job: string): void {
    this.#waited.delete(job);
    if (this.#last.delete(job)) this.#options.logger.info("Worker job {job} recovered", { job });
  }
}

/** Message for thrown values that are not errors. */
export const NOT_AN_ERROR = "A value that is not an Error was thrown";

/** Whether an error of the database resolves without an operator's action. */
export function isTransientError(error: unknown): boolean {
  return error instanceof DatabaseError && TRANSIENT.has(error.code);
}

/** Returns the name and message of an error, with the reason why the database cannot be reached. */
export function failureMessage(error: unknown): string {
  if (!(error instanceof Error)) return NOT_AN_ERROR;
  const { name, message, cause } = error;
  // Other errors of the database may quote values in their causes.
  const lost = error instanceof DatabaseError && error.code === "unavailable" && cause instanceof Error;
  return lost && cause.message !== "" ? `${name}: ${message}: ${cause.message}` : `${name}: ${message}`;
}

/** Wraps a value that is not an Error: the log redacts messages of errors, and no other thrown values. */
export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(NOT_AN_ERROR, { cause: error });
}
