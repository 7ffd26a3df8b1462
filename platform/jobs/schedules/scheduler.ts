import type { ConnectionManager, Transaction, TxManager } from "@archway/db/db.ts";
import type { StepOutcome } from "@archway/queue/work_loop.ts";
import type { Logger } from "@archway/server/logger.ts";
import { parsePayload } from "@archway/service_kit/job.ts";
import { InvalidScheduleError, type ScheduleDefinition } from "@archway/service_kit/schedule.ts";
import { enqueue } from "../enqueue.ts";
import {
  COMPARE_MS,
  compareSchedules,
  type PlannedSchedule,
  type PlannedSchedules,
  readDueTime,
} from "./compare_schedules.ts";
import { CronPlan } from "./cron_plan.ts";
import { type DueRun, dueRun } from "./due_run.ts";
import { advanceSchedule, lockDueSchedule, type StoredSchedule } from "./schedule_table.ts";

/** Observer of schedules. Must not throw. */
export interface ScheduleObserver {
  /** Records that a time of a schedule has come: a job was enqueued for it, or it was skipped as a misfire. */
  scheduled(schedule: string, outcome: "enqueued" | "skipped"): void;
  /** Records times of a schedule that were missed. */
  misfired(schedule: string, missed: number): void;
}

/** Options of a scheduler. */
export interface SchedulerOptions {
  readonly database: ConnectionManager & TxManager;
  /** Schedules of this program. */
  readonly schedules: readonly ScheduleDefinition[];
  /** Returns the current time, in milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly logger: Pick<Logger, "info" | "warn" | "error">;
  readonly observer: ScheduleObserver;
}

/** A due schedule with the decision about it. */
interface RunSchedule extends DueRun {
  readonly definition: ScheduleDefinition;
  /** Time for which it was planned. */
  readonly plannedFor: number;
}

/**
 * Enqueues the jobs of schedules, once per time over all processes: the row of a due schedule is locked, and its job is
 * enqueued and its next time stored in the same transaction.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  #schedules: PlannedSchedules;
  #comparedAt: number | undefined;
  /** Earliest next time of the schedules of this program. */
  #dueAt = Infinity;

  /** @throws {InvalidScheduleError} for an invalid cron expression or time zone. */
  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#schedules = new Map(
      options.schedules.map((definition) => [definition.name, { definition, plan: planOf(definition) }]),
    );
  }

  /** Enqueues the job of a due schedule, if there is one. */
  async step(): Promise<StepOutcome> {
    const { database, nowMs, logger } = this.#options;
    const db = database.writer();
    const now = nowMs();
    const compared = this.#comparedAt;
    const isFirst = compared === undefined;
    if (isFirst) await this.#checkPayloads();
    // Also if the clock was set back.
    if (isFirst || now < compared || now >= compared + COMPARE_MS) {
      await compareSchedules(db, this.#schedules, { now, isFirst, logger });
      this.#dueAt = await readDueTime(db, this.#schedules);
      this.#comparedAt = now;
    }
    if (now < this.#dueAt) return "idle";
    if (await this.#runNext(now)) return "more";
    this.#dueAt = await readDueTime(db, this.#schedules);
    return "idle";
  }

  /** Removes schedules whose jobs could not be enqueued. */
  async #checkPayloads(): Promise<void> {
    const usable = new Map<string, PlannedSchedule>();
    for (const [schedule, planned] of this.#schedules) {
      const { job, payload } = planned.definition;
      try {
        await parsePayload(job, payload);
        usable.set(schedule, planned);
      } catch (error) {
        this.#options.logger.error("Schedule {schedule} does not run: its payload is invalid", {
          schedule,
          error,
        });
      }
    }
    this.#schedules = usable;
  }

  /** Runs the next due schedule that no other process is running. Returns whether there was one. */
  async #runNext(now: number): Promise<boolean> {
    const definitions = [...this.#schedules.values()].map(({ definition }) => definition);
    const ran = await this.#options.database.withTx(async (tx): Promise<RunSchedule | undefined> => {
      const stored = await lockDueSchedule(tx, definitions, now);
      const planned = stored && this.#schedules.get(stored.name);
      return stored && planned && await run(tx, planned, { stored, now });
    }, { repeatable: true });
    if (ran !== undefined) this.#report(ran);
    return ran !== undefined;
  }

  #report({ definition: { name: schedule, misfire }, runs, missed, plannedFor }: RunSchedule): void {
    const { observer, logger } = this.#options;
    observer.scheduled(schedule, runs ? "enqueued" : "skipped");
    if (missed === 0) return;
    observer.misfired(schedule, missed);
    const since = new Date(plannedFor).toISOString();
    const policy = misfire === "skip" ? "they are skipped" : "one job runs for all of them";
    logger.warn("Schedule {schedule} missed {missed} runs since {since}; {policy}", {
      ...{ schedule, missed, since, policy },
    });
  }
}

async function run(
  tx: Transaction,
  { definition, plan }: PlannedSchedule,
  { stored, now }: { readonly stored: StoredSchedule; readonly now: number },
): Promise<RunSchedule> {
  const { name, job, payload, misfire = "run-once", overlap = "enqueue" } = definition;
  const due = dueRun(plan, { plannedFor: stored.nextAt, now, misfire });
  const time = overlap === "skip" ? "" : ` ${new Date(due.time).toISOString()}`;
  const runs = due.runs &&
    await enqueue(tx, job, payload, { uniqueKey: `schedule ${name}${time}` }) !== undefined;
  await advanceSchedule(tx, { name, lastAt: due.time }, { nextAt: due.nextAt, now });
  return { ...due, runs, definition, plannedFor: stored.nextAt };
}

/** Returns the times of a schedule. @throws {InvalidScheduleError} */
function planOf(definition: ScheduleDefinition): CronPlan {
  try {
    return new CronPlan(definition);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InvalidScheduleError(definition, error.message);
  }
}
