import { backoffMs } from "@archway/queue/backoff.ts";
import { type JobDefinition, PermanentJobError, RetryJobError } from "@archway/service_kit/job.ts";
import { redactMessage } from "@archway/service_kit/redact_message.ts";
import type { Settlement } from "../queue/job.ts";

/** Maximum number of further attempts if the definition has none. */
export const RETRIES = 10;

const BACKOFF = { firstMs: 10_000, maxMs: 3_600_000 };

/** Options of {@link settlementOf}. */
export interface SettlementOptions {
  readonly job: JobDefinition;
  /** Attempts that have failed before. */
  readonly attempts: number;
  /** Number from 0 to 1. */
  readonly random: number;
}

/** Returns what becomes of a job after a failed attempt. */
export function settlementOf(error: unknown, { job, attempts, random }: SettlementOptions): Settlement {
  const failed = attempts + 1;
  const text = describeFailure(error);
  const isLast = failed > (job.retries ?? RETRIES);
  if (isLast || error instanceof PermanentJobError) return { outcome: "dead", error: text };
  const delayMs = error instanceof RetryJobError
    ? error.afterMs
    : backoffMs(failed, random, job.backoff ?? BACKOFF);
  return { outcome: "retried", delayMs, error: text };
}

/** Returns the name and redacted message of an error. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return "A value that is not an Error was thrown";
  return `${error.name}: ${redactMessage(error.message)}`;
}
