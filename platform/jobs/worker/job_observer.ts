import type { WorkObservation } from "@archway/service_kit/observed_work.ts";
import type { JobOutcome } from "../queue/job.ts";

/** An attempt of a job. */
export interface JobWork {
  readonly kind: string;
  /** `traceparent` of the request that enqueued it, if known. */
  readonly causes: readonly string[];
  /** Ids and counts, without client input. */
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** Observes jobs. Must not throw itself. */
export interface JobObserver {
  /** Observes an attempt; calls `run`, the whole attempt, once. */
  work<T>(work: JobWork, run: (observation: WorkObservation) => Promise<T>): Promise<T>;
  /** Records the end of an attempt. */
  settled(kind: string, outcome: JobOutcome): void;
  /** Records a failure of a loop of the worker. */
  taskFailed(task: string): void;
}

/** Observer that does nothing. */
export const UNOBSERVED: JobObserver = {
  work: (_work, run) => run({ traceparent: undefined, ended(): void {} }),
  settled(): void {},
  taskFailed(): void {},
};
