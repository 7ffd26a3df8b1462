import type { WorkObservation } from "@archway/service_kit/observed_work.ts";

/** Outcome of a run. */
export type JobOutcome = "done" | "retried" | "dead" | "cancelled" | "released" | "lost";

/** A run of a job. */
export interface JobWork {
  readonly kind: string;
  readonly causes: readonly string[];
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** Observes jobs. Must not throw itself. */
export interface JobObserver {
  work<T>(job: JobWork, run: (observation: WorkObservation) => Promise<T>): Promise<T>;
  settled(kind: string, outcome: JobOutcome): void;
  taskFailed(task: string): void;
}

export const UNOBSERVED: JobObserver = {
  work: (_job, run) => run({ traceparent: undefined, ended(): void {} }),
  settled(): void {},
  taskFailed(): void {},
};
