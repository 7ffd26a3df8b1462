import { backoffMs } from "@archway/queue/backoff.ts";
import { type JobDefinition, PermanentJobError, RetryJobError } from "@archway/service_kit/job.ts";
import type { Settlement } from "../queue/job.ts";
import { describeFailure } from "./describe_failure.ts";

/** Maximum number of further attempts if the definition has none. */
export const RETRIES = 10;

/** Maximum delay that a handler may ask for: 365 days, in milliseconds. */
const MAX_DELAY_MS = 365 * 86_400_000;

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
  const { isPermanent, afterMs } = requestOf(error);
  if (isLast || isPermanent) return { outcome: "dead", error: text };
  const delayMs = afterMs ?? backoffMs(failed, random, job.backoff ?? BACKOFF);
  return { outcome: "retried", delayMs, error: text };
}

interface RetryRequest {
  readonly isPermanent: boolean;
  /** Delay that the handler asks for, unless it cannot be stored. */
  readonly afterMs?: number;
}

/** Returns what a thrown value asks for. Does not throw, although reading a property may. */
function requestOf(error: unknown): RetryRequest {
  try {
    if (!(error instanceof RetryJobError)) return { isPermanent: error instanceof PermanentJobError };
    const { afterMs } = error;
    if (!Number.isFinite(afterMs) || afterMs < 0) return { isPermanent: false };
    return { isPermanent: false, afterMs: Math.min(Math.round(afterMs), MAX_DELAY_MS) };
  } catch {
    return { isPermanent: false };
  }
}
