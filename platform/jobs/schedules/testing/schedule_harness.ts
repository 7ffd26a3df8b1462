import type { ConnectionPool } from "@archway/db/db.ts";
import { defineJob, payloadOf } from "@archway/service_kit/job.ts";
import { defineSchedule, type ScheduleDefinition } from "@archway/service_kit/schedule.ts";
import { listSchedules } from "../schedule_table.ts";
import { Scheduler } from "../scheduler.ts";

const REPORT = defineJob({
  kind: "shop.send_report",
  payload: payloadOf((value): { readonly to: string } => {
    if (typeof value === "object" && value !== null && "to" in value && typeof value.to === "string") {
      return { to: value.to };
    }
    throw new Error("to is missing");
  }),
});

/** Returns a schedule of a report. */
export function reportSchedule(
  changes: Partial<Omit<ScheduleDefinition, "job" | "payload">> = {},
): ScheduleDefinition {
  return defineSchedule({
    name: "shop.report",
    cron: "0 * * * *",
    job: REPORT,
    payload: { to: "ada" },
    ...changes,
  });
}

/** A clock and the processes that run schedules by it, on one database. */
export class ScheduleHarness {
  /** Time of all processes, in milliseconds since 1970. */
  now: number;
  /** Misfires and skipped runs, in order. */
  readonly seen: string[] = [];
  readonly logged: string[] = [];
  readonly #pool: ConnectionPool;

  constructor(pool: ConnectionPool, start: string) {
    this.#pool = pool;
    this.now = Date.parse(start);
  }

  /** Starts a process. */
  process(schedules: readonly ScheduleDefinition[], pool = this.#pool): Scheduler {
    const log = (message: string, properties: Record<string, unknown> = {}): void => {
      this.logged.push(message.replace(/\{(\w+)\}/g, (_, name) => String(properties[name])));
    };
    return new Scheduler({
      database: pool,
      schedules,
      nowMs: () => this.now,
      logger: { info: log, warn: log, error: log },
      observer: {
        scheduled: (schedule, outcome) => outcome === "skipped" && this.seen.push(`${schedule} skipped`),
        misfired: (schedule, missed) => this.seen.push(`${schedule} missed ${missed}`),
      },
    });
  }

  /** Sets the clock, and lets each process do all that it can. */
  async at(time: string, ...processes: readonly Scheduler[]): Promise<void> {
    this.now = Date.parse(time);
    await this.settle(...processes);
  }

  /** Lets each process do all that it can. */
  async settle(...processes: readonly Scheduler[]): Promise<void> {
    for (const process of processes) while (await process.step() === "more");
  }

  /** Moves the clock on in steps, after each of which the processes do all that they can. */
  async until(
    time: string,
    processes: readonly Scheduler[],
    { stepMs }: { readonly stepMs: number },
  ): Promise<void> {
    for (const end = Date.parse(time); this.now < end;) {
      this.now = Math.min(end, this.now + stepMs);
      await this.settle(...processes);
    }
  }

  /** Returns the times of the enqueued jobs, without seconds, in order. */
  async enqueued(): Promise<readonly string[]> {
    const { rows } = await this.#pool.writer().query<{ readonly unique_key: string }>(
      "select unique_key from jobs order by unique_key",
    );
    return rows.map(({ unique_key: key }) =>
      key.replace(/^schedule shop\.report /, "").replace(":00.000Z", "Z")
    );
  }

  /** Returns the names of the stored schedules. */
  async stored(): Promise<readonly string[]> {
    return (await listSchedules(this.#pool.writer())).map(({ name }) => name);
  }

  /** Runs a statement on the database. */
  async statement(text: string): Promise<void> {
    await this.#pool.writer().query(text);
  }
}
