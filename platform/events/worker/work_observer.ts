import type { WorkObservation } from "@archway/service_kit/observed_work.ts";

/** A step of publishing events, caused by requests that may have ended long ago, in another process. */
export interface EventWork {
  /** "relay": outbox to destinations. "webhook": attempt at a delivery. "broker": publication of a message. */
  readonly kind: "relay" | "webhook" | "broker";
  /** Known `traceparent` values of the requests that caused it. */
  readonly causes: readonly string[];
  /** Ids and counts, without client input. */
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** Observes the publishing of events. Must not throw itself. */
export interface WorkObserver {
  /** Observes a step; calls `run`, the whole step, once. */
  work<T>(work: EventWork, run: (observation: WorkObservation) => Promise<T>): Promise<T>;
  /** Records the end of a delivery: it succeeded, or its last attempt failed. */
  settled(state: "delivered" | "dead"): void;
  /** Records a failure of a job that no other metric counts. */
  jobFailed(job: string): void;
}

/** Observer that does nothing. */
export const UNOBSERVED: WorkObserver = {
  work: (_work, run) => run({ traceparent: undefined, ended(): void {} }),
  settled(): void {},
  jobFailed(): void {},
};
