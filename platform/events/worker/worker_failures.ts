import { BrokerError } from "../broker/broker.ts";
import { DatabaseError, type DatabaseErrorCode } from "@archway/db/errors.ts";
import { messageId } from "../outbox/message_id.ts";
import type { UnpublishableEvent } from "../outbox/message_queue.ts";
import type { ServiceDependencies } from "@archway/service_kit/service_module.ts";
import type { WorkObserver } from "./work_observer.ts";

/** Errors that resolve without an operator's action. */
const TRANSIENT = new Set<DatabaseErrorCode>([
  "unavailable",
  "saturated",
  "timeout",
  "conflict",
  "outcome-unknown",
]);

/**
 * Counts every failure of a worker's jobs, and logs a failure once: repetitions of the same error are not logged until
 * the job has recovered.
 */
export class WorkerFailures {
  readonly #logger: ServiceDependencies["logger"];
  readonly #observer: Pick<WorkObserver, "jobFailed">;
  /** Last logged error, by job. */
  readonly #last = new Map<string, string>();
  /** Logged reasons for unpublishable events, by job: at most one per event type and schema version. */
  readonly #unpublishable = new Set<string>();

  constructor(logger: ServiceDependencies["logger"], observer: Pick<WorkObserver, "jobFailed">) {
    this.#logger = logger;
    this.#observer = observer;
  }

  /** Records a failure of a job. */
  failed(job: string, error: unknown): void {
    this.#observer.jobFailed(job);
    const message = messageOf(error);
    if (this.#last.get(job) === message) return;
    this.#last.set(job, message);
    const transient = error instanceof DatabaseError
      ? TRANSIENT.has(error.code)
      : error instanceof BrokerError;
    if (transient) this.#logger.warn("Worker job {job} is retrying: {message}", { job, message });
    else this.#logger.error("Worker job {job} failed", { job, error: asError(error) });
  }

  /** Records an event that a job skips because this program cannot publish it. */
  unpublishable(job: string, { event, error }: UnpublishableEvent): void {
    this.#observer.jobFailed(job);
    const message = messageOf(error);
    if (this.#unpublishable.has(`${job} ${message}`)) return;
    this.#unpublishable.add(`${job} ${message}`);
    const properties = { job, event: messageId(event), error: asError(error) };
    this.#logger.error("Worker job {job} blocked at event {event}", properties);
  }

  /** Records a success of a job after failures. */
  recovered(job: string): void {
    if (this.#last.delete(job)) this.#logger.info("Worker job {job} recovered", { job });
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return "A value that is not an Error was thrown";
  const { name, message, cause } = error;
  // Other errors of the database may quote values in their causes.
  const lost = error instanceof DatabaseError && error.code === "unavailable" && cause instanceof Error;
  return lost && cause.message !== "" ? `${name}: ${message}: ${cause.message}` : `${name}: ${message}`;
}

/** Wraps a value that is not an Error: the log redacts messages of errors, and no other thrown values. */
function asError(error: unknown): Error {
  return error instanceof Error
    ? error
    : new Error("A value that is not an Error was thrown", { cause: error });
}
