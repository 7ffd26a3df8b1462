/** Which numbers an option takes. */
export interface NumberRule {
  /** As it stands on the command line. */
  readonly name: string;
  readonly max: number;
  readonly whole: boolean;
  /**
   * The smallest one; without it anything above 0.
   *
   * @default 0
   */
  readonly min?: number;
}

/**
 * Reads the number of an option.
 *
 * @throws {TypeError} when the rule does not allow it.
 */
export function numberOption(text: string, { name, max, whole, min = 0 }: NumberRule): number {
  const value = Number(text);
  if (value > 0 && value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
  const least = min === 0 ? "above 0" : `from ${min}`;
  throw new TypeError(`${name} takes a ${whole ? "whole number" : "number"} ${least}, at most ${max}`);
}
