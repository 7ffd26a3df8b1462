import { BrokerError } from "../broker/broker.ts";
import { DatabaseError, type DatabaseErrorCode } from "@archway/db/errors.ts";
import { messageId } from "../outbox/message_id.ts";
import type { UnpublishableEvent } from "../outbox/message_queue.ts";
import type { ServiceDependencies } from "@archway/service_kit/service_module.ts";
import type { WorkObserver } from "./work_observer.ts";

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
  readonly #logger: ServiceDependencies["logger"];
  readonly #observer: Pick<WorkObserver, "jobFailed">;
  /** What was logged last, by job. */
  readonly #last = new Map<string, string>();
  /** What was logged of events that cannot be told: as many as there are types and forms of them. */
  readonly #unpublishable = new Set<string>();

  constructor(logger: ServiceDependencies["logger"], observer: Pick<WorkObserver, "jobFailed">) {
    this.#logger = logger;
    this.#observer = observer;
  }

  failed(job: string, error: unknown): void {
    this.#observer.jobFailed(job);
    const message = messageOf(error);
    if (this.#last.get(job) === message) return;
    this.#last.set(job, message);
    const passes = error instanceof DatabaseError ? PASSING.has(error.code) : error instanceof BrokerError;
    if (passes) this.#logger.warn("The worker's {job} waits: {message}", { job, message });
    else this.#logger.error("The worker's {job} failed", { job, error: asError(error) });
  }

  /** A job leaves an event where it is, and goes on with others: what this program cannot tell, another one may. */
  unpublishable(job: string, { event, error }: UnpublishableEvent): void {
    this.#observer.jobFailed(job);
    const message = messageOf(error);
    if (this.#unpublishable.has(`${job} ${message}`)) return;
    this.#unpublishable.add(`${job} ${message}`);
    const properties = { job, event: messageId(event), error: asError(error) };
    this.#logger.error("The worker's {job} leaves {event} waiting, and what follows it", properties);
  }

  recovered(job: string): void {
    if (this.#last.delete(job)) this.#logger.info("The worker's {job} goes on", { job });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : "It threw no error";
}

/** The log takes the values out of an error's message that it may repeat, and knows nothing else that is thrown. */
function asError(error: unknown): Error {
  return error instanceof Error
    ? error
    : new Error("Something that is not an Error was thrown", { cause: error });
}
