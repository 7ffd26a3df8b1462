/** A duration as people write it. */
export type DurationText = `${number}${"ms" | "s" | "m" | "h"}`;

/** Bounds of a whole number. */
export interface IntegerOptions {
  readonly min: number;
  readonly max: number;
}

/** Bounds of a duration. */
export interface DurationOptions {
  /** @default {"0s"} */
  readonly min?: DurationText;
  /**
   * Timers of the platform run for at most 2^31 - 1 ms.
   *
   * @default {"24h"}
   */
  readonly max?: DurationText;
}

/** Upper bound of how long data is stored: nothing waits for its end. */
export const MAX_RETENTION: DurationText = "87600h";

/**
 * Environment variables as typed values, the port through which a module reads settings of its own. Invalid values are
 * collected, so that all of them are reported at once; a method then returns its fallback. Empty counts as absent.
 */
export interface SettingsReader {
  /** Text of a variable; undefined if absent or empty. */
  text(variable: string): string | undefined;
  /** Parts of a text separated by commas. */
  list(variable: string): readonly string[];
  /** Text that must be present. */
  requiredText(variable: string): string;
  /** Secret from the variable, or from the file that `<variable>_FILE` names. */
  secret(variable: string): string | undefined;
  /** Secret that must be present. */
  requiredSecret(variable: string): string;
  integer(variable: string, fallback: number, options: IntegerOptions): number;
  /** Milliseconds of a duration such as "500ms", "10s", "5m" or "24h". */
  durationMs(variable: string, fallback: DurationText, options?: DurationOptions): number;
  oneOf<T extends string>(variable: string, fallback: T, allowed: readonly T[]): T;
  /** Absolute http or https URL without query and fragment. */
  url(variable: string): URL | undefined;
  /** Reports a variable as invalid; `reason` continues a sentence that begins with its name. */
  reject(variable: string, reason: string): void;
}
