/** Range of a number on the command line. */
export interface NumberRule {
  /** Name of the option, such as `--rounds`. */
  readonly name: string;
  /** @default {0}, which itself is not allowed */
  readonly min?: number;
  readonly max: number;
  readonly whole: boolean;
}

/**
 * Returns the number of an option.
 *
 * @throws {TypeError} if the rule does not allow it.
 */
export function numberOption(text: string, { name, max, whole, min = 0 }: NumberRule): number {
  const value = Number(text);
  if (value > 0 && value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
  const least = min === 0 ? "above 0" : `from ${min}`;
  throw new TypeError(`${name} takes a ${whole ? "whole number" : "number"} ${least}, at most ${max}`);
}
