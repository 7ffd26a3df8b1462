import { Cron } from "croner";

/** Definition of the times of a schedule. */
export interface CronDefinition {
  /** Five fields (minute, hour, day of the month, month, day of the week), or a nickname such as `@daily`. */
  readonly cron: string;
  /** IANA time zone. @default "UTC" */
  readonly timeZone?: string | undefined;
}

/** Number of times whose intervals are compared: more than a week of days, or a year of months. */
const TIMES = 13;

const NICKNAME = /^@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)$/;

/**
 * Times of a cron expression in a time zone. When clocks go forward, a fixed time in the lost hour moves to the end of
 * that hour, and those of an interval, such as every 20 minutes, are lost in it. When clocks go back, a fixed time comes once, at its
 * first occurrence, and those of an interval come in both hours.
 */
export class CronPlan {
  readonly #cron: Cron;

  /** @throws {RangeError} with the reason if the expression or the time zone is invalid, or no time matches. */
  constructor({ cron, timeZone = "UTC" }: CronDefinition) {
    // Loads no data of time zones, which takes 10 ms of each start.
    const isUtc = timeZone === "UTC";
    if (!isUtc) checkTimeZone(timeZone);
    const zone = isUtc ? { utcOffset: 0 } : { timezone: timeZone };
    const text = JSON.stringify(cron);
    if (!NICKNAME.test(cron) && cron.trim().split(/\s+/).length !== 5) {
      throw new RangeError(`${text} is no cron expression: expected five fields, or a name such as @daily`);
    }
    try {
      this.#cron = new Cron(cron, { ...zone, mode: "5-part" });
    } catch (error) {
      const reason = error instanceof Error ? error.message.replace(/^CronPattern: /, "") : "unknown reason";
      throw new RangeError(`${text} is no cron expression: ${reason}`);
    }
    if (this.#cron.nextRun(new Date(0)) === null) throw new RangeError(`${text} matches no time`);
  }

  /**
   * Returns the first time after another one, both in milliseconds since 1970.
   *
   * @throws {RangeError} if there is none.
   */
  next(afterMs: number): number {
    const time = this.#cron.nextRun(new Date(afterMs));
    if (time === null) throw new RangeError("The cron expression matches no further time");
    return time.getTime();
  }

  /** Returns the longest interval between two of the next times, in milliseconds; 0 if only one is left. */
  longestInterval(afterMs: number): number {
    const times = this.#cron.nextRuns(TIMES, new Date(afterMs)).map((time) => time.getTime());
    return times.reduce((longest, time, index) => Math.max(longest, time - (times[index - 1] ?? time)), 0);
  }

  /** Returns the last time before another one, or that itself if none is before it. */
  previous(beforeMs: number): number {
    return this.#cron.previousRuns(1, new Date(beforeMs))[0]?.getTime() ?? beforeMs;
  }
}

function checkTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
  } catch {
    throw new RangeError(
      `${JSON.stringify(timeZone)} is no time zone: expected a name such as Europe/Berlin`,
    );
  }
}
