import type { JsonValue } from "@archway/server/operation.ts";
import { isArray, member, textMember } from "../document/json_value.ts";

/** Type of integers with `format: int64`. A number is exact up to 2^53 alone. */
export type Int64Type = "bigint" | "number" | "string";

/** Keywords that the rules of a 64-bit integer contain. */
export const INT64_KEYWORDS: readonly string[] = [
  ...[
    "const",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "maximum",
    "minimum",
    "multipleOf",
    "type",
  ],
];

/** Whether a schema is that of a 64-bit integer, and nothing else but null. */
export function isInt64(schema: JsonValue): boolean {
  const type = member(schema, "type");
  const types = isArray(type) ? type : [type];
  return textMember(schema, "format") === "int64" && types.includes("integer") &&
    types.every((name) => name === "integer" || name === "null");
}

/** Returns the rules that int64.js checks. */
export function int64Rules(
  schema: JsonValue,
  { as, isText }: { readonly as: Int64Type; readonly isText: boolean },
): JsonValue {
  const { const: only, enum: values, multipleOf, type } = Object(schema);
  const limits = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"].flatMap((keyword) => {
    const limit = member(schema, keyword);
    return limit === undefined ? [] : [[keyword, limit] as const];
  });
  const listed: unknown = only === undefined ? values : [only];
  return {
    as,
    ...(isText && { text: true }),
    ...(isArray(type) && type.includes("null") && { null: true }),
    ...Object.fromEntries(limits),
    ...(Number.isSafeInteger(multipleOf) && { multipleOf }),
    ...(isArray(listed) &&
      { values: listed.filter((value) => value === null || Number.isSafeInteger(value)) }),
  };
}
