import type { CronPlan } from "./cron_plan.ts";

/** Decision about a schedule that is due. Times are in milliseconds since 1970. */
export interface DueRun {
  /** Latest time that has come. */
  readonly time: number;
  /** Whether a job is enqueued for it. */
  readonly runs: boolean;
  /** Number of times that were missed: late by more than a minute, or followed by another one; at most 1,000. */
  readonly missed: number;
  /** Next time of the schedule. */
  readonly nextAt: number;
}

/** Maximum delay of a run that is not a misfire, in milliseconds. */
const GRACE_MS = 60_000;

/** Maximum number of missed times that are counted. */
const MAX_COUNT = 1_000;

/** Options of {@link dueRun}. */
export interface DueRunOptions {
  /** Time for which the schedule was planned, in milliseconds since 1970. */
  readonly plannedFor: number;
  /** Current time, in milliseconds since 1970. */
  readonly now: number;
  readonly misfire: "run-once" | "skip";
}

/** Decides about a schedule that is due: one job at most, whatever number of times has come since it was planned. */
export function dueRun(plan: CronPlan, { plannedFor, now, misfire }: DueRunOptions): DueRun {
  let time = plannedFor;
  let nextAt = plan.next(time);
  let count = 1;
  for (; nextAt <= now && count < MAX_COUNT; count++) {
    time = nextAt;
    nextAt = plan.next(time);
  }
  if (nextAt <= now) {
    nextAt = plan.next(now);
    time = plan.previous(nextAt);
  }
  const isOnTime = now - time <= GRACE_MS;
  return { time, runs: isOnTime || misfire === "run-once", missed: isOnTime ? count - 1 : count, nextAt };
}
