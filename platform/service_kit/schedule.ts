import type { JobDefinition, JobHandler } from "./job.ts";

/** Times at which a job is enqueued, once for all processes of the program. */
export interface ScheduleDefinition {
  /** Name that is stored, such as "orders.nightly_report". */
  readonly name: string;
  /** Cron expression with five fields, or a name such as @daily. */
  readonly cron: string;
  /** Variable that the expression comes from, for errors. @default none */
  readonly setting?: string;
  /** Time zone of the expression, such as "Europe/Berlin". @default {"UTC"} */
  readonly timeZone?: string;
  readonly job: JobDefinition;
  readonly payload: unknown;
  /**
   * Policy for times that have passed while no process ran: enqueue the job once, or wait for the next time.
   *
   * @default {"run-once"}
   */
  readonly misfire?: "run-once" | "skip";
  /**
   * Policy for times at which the job of an earlier one still waits or runs: enqueue another, or none.
   *
   * @default {"enqueue"}
   */
  readonly overlap?: "enqueue" | "skip";
}

/** Definition of a schedule, whose payload has the type of the job's. */
export interface TypedScheduleDefinition<Input> extends ScheduleDefinition {
  readonly job: JobDefinition<Input>;
  readonly payload: NoInfer<Input>;
}

/** Defines a schedule of a job. */
export function defineSchedule<Input>(definition: TypedScheduleDefinition<Input>): ScheduleDefinition {
  return definition;
}

/** Error of a schedule whose times are invalid. */
export class InvalidScheduleError extends RangeError {
  override readonly name = "InvalidScheduleError";
  readonly setting: string | undefined;

  /** @param reason What is wrong, with the expression. */
  constructor({ name, setting }: Pick<ScheduleDefinition, "name" | "setting">, readonly reason: string) {
    super(`Schedule ${name}: ${reason}`);
    this.setting = setting;
  }
}

/** Jobs and schedules of all services of a program. */
export interface JobRegistry {
  readonly definitions: readonly JobDefinition[];
  readonly schedules: readonly ScheduleDefinition[];
  /** Returns the handlers; available once all services are mounted. */
  handlers(): readonly JobHandler[];
}
