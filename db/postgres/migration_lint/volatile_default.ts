/**
 * Functions without side effects whose result is the same for all rows of a statement, of those that defaults use. Others
 * count as volatile: a function of one's own is so unless it says otherwise.
 */
const STABLE = new Set([
  "array_fill",
  "concat",
  "current_database",
  "current_setting",
  "current_schema",
  "date_trunc",
  "decode",
  "encode",
  "int4range",
  "json_build_array",
  "json_build_object",
  "jsonb_build_array",
  "jsonb_build_object",
  "lower",
  "make_date",
  "make_interval",
  "make_timestamptz",
  "now",
  "statement_timestamp",
  "timezone",
  "to_jsonb",
  "transaction_timestamp",
  "tstzrange",
  "upper",
]);

/** Whether a default in the form of the parser may differ between rows. */
export function isVolatileDefault(expression: unknown): boolean {
  if (Array.isArray(expression)) return expression.some(isVolatileDefault);
  if (typeof expression !== "object" || expression === null) return false;
  return Object.entries(expression).some(([key, value]) => {
    if (key === "FuncCall" && !STABLE.has(functionName(value))) return true;
    return isVolatileDefault(value);
  });
}

function functionName(
  call: { readonly funcname?: readonly { readonly String?: { readonly sval?: string } }[] },
): string {
  return call.funcname?.at(-1)?.String?.sval ?? "";
}
