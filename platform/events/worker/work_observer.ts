import type { WorkObservation } from "@archway/service_kit/observed_work.ts";

/** A step of delivering events, caused by requests that may have ended long ago, in another process. */
export interface EventWork {
  /** "relay": from the outbox to its destinations. "webhook": an attempt at a delivery. "broker": a message is published. */
  readonly kind: "relay" | "webhook" | "broker";
  /** `traceparent` of every request that caused it, as far as known. */
  readonly causes: readonly string[];
  /** Ids and counts; nothing that a client wrote. */
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** Observes the delivery of events. Must not throw by itself. */
export interface WorkObserver {
  /** Observes a step; calls `run`, which is all of it, once. */
  work<T>(work: EventWork, run: (observation: WorkObservation) => Promise<T>): Promise<T>;
  /** A delivery has ended: it reached its receiver, or its last attempt failed. */
  settled(state: "delivered" | "dead"): void;
  /** A job, or a step of one, failed in a way that it does not count by itself. */
  jobFailed(job: string): void;
}

/** Observes nothing. */
export const UNOBSERVED: WorkObserver = {
  work: (_work, run) => run({ traceparent: undefined, ended(): void {} }),
  settled(): void {},
  jobFailed(): void {},
};
