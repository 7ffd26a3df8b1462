import type { Querier } from "@archway/db/db.ts";
import type { Logger } from "@archway/server/logger.ts";
import type { ScheduleDefinition } from "@archway/service_kit/schedule.ts";
import type { CronPlan } from "./cron_plan.ts";
import {
  hasDefinition,
  insertSchedule,
  purgeSchedules,
  readSchedules,
  replaceSchedule,
  type StoredSchedule,
  touchSchedules,
} from "./schedule_table.ts";

/** A schedule with its times. */
export interface PlannedSchedule {
  readonly definition: ScheduleDefinition;
  readonly plan: CronPlan;
}

/** Schedules of a program by name. */
export type PlannedSchedules = ReadonlyMap<string, PlannedSchedule>;

/** Interval of comparing the stored schedules with those of a program, in milliseconds. */
export const COMPARE_MS = 30_000;

/** Time without a sign of a program with the stored definition, after which another one replaces it, in milliseconds. */
const ABANDONED_MS = 120_000;

/** Retention of schedules that no program has, in milliseconds. */
const RETENTION_MS = 7 * 86_400_000;

/** Maximum clock skew between processes, in milliseconds; beyond it, a clock was set back. */
const MAX_SKEW_MS = 60_000;

/** Maximum step back of a clock after which times that were run are not run again, in milliseconds. */
const MAX_STEP_BACK_MS = 86_400_000;

/** Options of {@link compareSchedules}. */
export interface CompareOptions {
  /** Current time, in milliseconds since 1970. */
  readonly now: number;
  /** Whether this program has just started, and so defines its schedules for all others. */
  readonly isFirst: boolean;
  readonly logger: Pick<Logger, "info" | "warn">;
}

/** Stores new and changed schedules, and corrects those that were planned by a clock that has been set back. */
export async function compareSchedules(
  db: Querier,
  schedules: PlannedSchedules,
  { now, isFirst, logger }: CompareOptions,
): Promise<void> {
  const names = [...schedules.keys()];
  const stored = await readSchedules(db, names);
  const seen: string[] = [];
  for (const [name, { definition, plan }] of schedules) {
    const row = stored.get(name);
    if (row === undefined) {
      await insertSchedule(db, definition, { nextAt: plan.next(now), now });
      continue;
    }
    const isAhead = row.plannedAt > now + MAX_SKEW_MS;
    const isOwn = hasDefinition(row, definition);
    // The program that was started last defines a schedule; if that is gone, as after a rollback, another one does.
    if (isOwn ? isAhead : isFirst || row.seenAt < now - ABANDONED_MS) {
      // A time that has come, but was not run yet, is not lost by a change.
      const nextAt = isAhead || row.nextAt > now ? nextTime(plan, row, now) : row.nextAt;
      await replaceSchedule(db, { definition, stored: row }, { nextAt, now });
      report(logger, row, { isAhead, next: new Date(nextAt).toISOString() });
    } else if ((isOwn && row.seenAt < now - COMPARE_MS / 2) || row.seenAt > now + MAX_SKEW_MS) {
      seen.push(name);
    }
  }
  await touchSchedules(db, seen, now);
  await purgeSchedules(db, names, now - RETENTION_MS);
}

/** Returns the earliest next time of the schedules that are stored as a program defines them. */
export async function readDueTime(db: Querier, schedules: PlannedSchedules): Promise<number> {
  const stored = await readSchedules(db, [...schedules.keys()]);
  const times = [...schedules].flatMap(([name, { definition }]) => {
    const row = stored.get(name);
    return row !== undefined && hasDefinition(row, definition) ? [row.nextAt] : [];
  });
  return Math.min(Infinity, ...times);
}

/** Returns the next time of a schedule. Times that were run are not repeated if the clock was set back slightly. */
function nextTime(plan: CronPlan, { lastAt = -Infinity }: StoredSchedule, now: number): number {
  return plan.next(lastAt - now > MAX_STEP_BACK_MS ? now : Math.max(lastAt, now));
}

function report(
  logger: CompareOptions["logger"],
  { name: schedule, cron, timeZone }: StoredSchedule,
  { isAhead, next }: { readonly isAhead: boolean; readonly next: string },
): void {
  if (isAhead) {
    logger.warn("Schedule {schedule} was planned by a clock that was ahead; next run: {next}", {
      schedule,
      next,
    });
  } else {
    const before = `${cron} (${timeZone})`;
    logger.info("Schedule {schedule} has replaced {before}; next run: {next}", { schedule, before, next });
  }
}
