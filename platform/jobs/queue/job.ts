/** A job that a worker has leased. */
export interface ClaimedJob {
  readonly id: string;
  /** Fencing token of the lease. */
  readonly token: string;
  readonly kind: string;
  readonly payload: unknown;
  readonly traceparent: string | undefined;
  readonly enqueuedAt: string;
  /** Attempts that have failed, or whose lease has expired. */
  readonly attempts: number;
  /** Whether its cancellation was requested before its lease expired. */
  readonly isCancelled: boolean;
}

/** End of an attempt. */
export type JobOutcome =
  /** The job succeeded. */
  | "done"
  /** The attempt failed, and another one follows. */
  | "retried"
  /** The last attempt failed. */
  | "dead"
  /** The job was cancelled. */
  | "cancelled"
  /** The worker stopped; the job goes to another one. */
  | "released"
  /** The lease was lost, so that nothing was recorded. */
  | "lost";

/** Result of an attempt that is to be recorded. */
export interface Settlement {
  readonly outcome: Exclude<JobOutcome, "lost">;
  /** Delay of the next attempt, in milliseconds. @default {0} */
  readonly delayMs?: number;
  /** Name and redacted message of the error. */
  readonly error?: string;
}

/** An attempt with its result. */
export interface SettledJob {
  readonly job: ClaimedJob;
  readonly settlement: Settlement;
}
