/** A duration with its unit, such as "5m". */
export type DurationText = `${number}${"ms" | "s" | "m" | "h"}`;

/** Bounds of an integer. */
export interface IntegerOptions {
  readonly min: number;
  readonly max: number;
}

/** Bounds of a duration. */
export interface DurationOptions {
  /** @default {"0s"} */
  readonly min?: DurationText;
  /**
   * At most 2^31 - 1 ms for durations that set a timer.
   *
   * @default {"24h"}
   */
  readonly max?: DurationText;
}

/** Maximum retention time of stored data; no timer waits for its end. */
export const MAX_RETENTION: DurationText = "87600h";

/**
 * Port through which a module reads its environment variables as typed values. Methods collect invalid values, which are
 * reported all at once, and then return their fallback. An empty variable counts as absent.
 */
export interface SettingsReader {
  /** Returns the text of a variable; undefined if absent or empty. */
  text(variable: string): string | undefined;
  /** Returns the items of a comma-separated list. */
  list(variable: string): readonly string[];
  /** Returns the text of a required variable. */
  requiredText(variable: string): string;
  /** Returns a secret from the variable, or from the file that `<variable>_FILE` names. */
  secret(variable: string): string | undefined;
  /** Returns a required secret. */
  requiredSecret(variable: string): string;
  integer(variable: string, fallback: number, options: IntegerOptions): number;
  /** Returns the milliseconds of a duration such as "500ms", "10s", "5m" or "24h". */
  durationMs(variable: string, fallback: DurationText, options?: DurationOptions): number;
  oneOf<T extends string>(variable: string, fallback: T, allowed: readonly T[]): T;
  /** Returns an absolute http or https URL without query and fragment. */
  url(variable: string): URL | undefined;
  /** Reports a variable as invalid. The reason continues a sentence that begins with its name. */
  reject(variable: string, reason: string): void;
}
