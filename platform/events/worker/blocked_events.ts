import { asError, failureMessage } from "@archway/queue/worker_failures.ts";
import type { ServiceDependencies } from "@archway/service_kit/service_module.ts";
import { messageId } from "../outbox/message_id.ts";
import type { UnpublishableEvent } from "../outbox/message_queue.ts";
import type { WorkObserver } from "./work_observer.ts";

/** Maximum number of remembered reasons; with more, they are logged again. */
const MAX_REASONS = 1_000;

/** Counts events that loops skip because this program cannot publish them, and logs one for every reason. */
export class BlockedEvents {
  readonly #logger: ServiceDependencies["logger"];
  readonly #observer: Pick<WorkObserver, "jobFailed">;
  /** Logged reasons by loop: at most one per event type and schema version. */
  readonly #logged = new Set<string>();

  constructor(logger: ServiceDependencies["logger"], observer: Pick<WorkObserver, "jobFailed">) {
    this.#logger = logger;
    this.#observer = observer;
  }

  /** Records an event that a loop skips. */
  blocked(loop: string, { event, error }: UnpublishableEvent): void {
    this.#observer.jobFailed(loop);
    const reason = `${loop} ${failureMessage(error)}`;
    if (this.#logged.has(reason)) return;
    if (this.#logged.size >= MAX_REASONS) this.#logged.clear();
    this.#logged.add(reason);
    const properties = { job: loop, event: messageId(event), error: asError(error) };
    this.#logger.error("Worker job {job} blocked at event {event}", properties);
  }
}
