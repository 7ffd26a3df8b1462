import type { Int64Type, Validator } from "../operation.ts";
import { parseExact } from "./exact_integers.ts";

/** Rules of the integers in a value. */
interface Integers {
  readonly int64?: Int64Type;
  readonly validate?: Validator;
}

/** Returns the text of a raw number for `JSON.stringify`, whatever its size. */
const rawJson: (text: string) => unknown = Reflect.get(JSON, "rawJSON");

/**
 * Returns the JSON text of a value, in which bigints are integers. 64-bit integers that are texts become integers where
 * the schema has them.
 */
export function jsonText(value: unknown, { int64, validate }: Integers = {}): string {
  if (int64 !== "string" || validate === undefined) return withIntegers(value);
  return withIntegers(validated(JSON.parse(JSON.stringify(value)), validate).value);
}

/** Returns a copy of a value as a client receives it, with integers beyond 2^53 as bigints. */
export function receivedCopy(value: unknown, integers: Integers): unknown {
  const text = jsonText(value, integers);
  // Undefined for what has no JSON, such as a function.
  return text === undefined ? undefined : parseExact(text);
}

/** Validates a value, and returns the one that the validator puts in its place. */
export function validated(value: unknown, validate: Validator): { isValid: boolean; value: unknown } {
  const holder = { value };
  const isValid = validate(value, { instancePath: "", parentData: holder, parentDataProperty: "value" });
  return { isValid, value: holder.value };
}

function withIntegers(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    // The only reason besides cycles, which throw again, is a bigint; a replacer would slow all others down.
    if (!(error instanceof TypeError)) throw error;
    return JSON.stringify(value, (_, item) => typeof item === "bigint" ? rawJson(String(item)) : item);
  }
}
