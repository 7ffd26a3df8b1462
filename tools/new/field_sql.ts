import type { Field } from "./field.ts";

/** Longest text that is filtered by, in characters: an entry of an index has at most 2704 bytes. */
const MAX_FILTERED_TEXT = 200;

/** Returns the columns of a field in a CREATE TABLE, without commas. */
export function columnsOf({ name, type, isOptional }: Field): readonly string[] {
  const rest = isOptional ? "" : " not null";
  switch (type.kind) {
    case "text":
    case "enum":
    case "email":
      return [`${name.snake} text${rest}`];
    case "integer":
      return [`${name.snake} integer${rest}`];
    case "money":
      return [`${name.snake} bigint${rest}`, `${name.snake}_currency text${rest}`];
    case "timestamp":
      return [`${name.snake} timestamptz${rest}`];
    case "boolean":
    case "date":
    case "uuid":
      return [`${name.snake} ${type.kind}${rest}`];
  }
}

/** Returns the constraints of a field in a CREATE TABLE, without commas. */
export function constraintsOf(
  { name: { snake }, type, isOptional }: Field,
  table: string,
): readonly string[] {
  const named = (kind: string, condition: string): string =>
    `constraint ${table}_${snake}_${kind} check (${condition})`;
  switch (type.kind) {
    case "text":
      return [named("length", `char_length(${snake}) between 1 and ${type.max}`)];
    case "email":
      return [named("length", `char_length(${snake}) <= 254`)];
    case "integer":
      return [named("range", `${snake} between ${type.min} and ${type.max}`)];
    case "enum":
      return [named("known", `${snake} in (${type.values.map((value) => `'${value}'`).join(", ")})`)];
    case "money":
      return [
        named("range", `${snake} between 1 and 1000000000000000`),
        named("currency", `char_length(${snake}_currency) = 3`),
        ...(isOptional ? [named("complete", `(${snake} is null) = (${snake}_currency is null)`)] : []),
      ];
    default:
      return [];
  }
}

/** Whether lists can be filtered by a field: it has few values, or clients have one to search for. */
export function isFilter({ type, isOptional }: Field): boolean {
  if (type.kind === "text") return !isOptional && type.max <= MAX_FILTERED_TEXT;
  return ["boolean", "date", "email", "enum", "uuid"].includes(type.kind);
}

/** Returns the expression that a filter compares, as SQL. */
export function comparedSql({ name, type }: Field): string {
  return type.kind === "email" ? `casefold(${name.snake} collate pg_unicode_fast)` : name.snake;
}

/** Returns the value that a filter compares with, as SQL, for the placeholder of a text. */
export function filterValueSql({ type }: Field, placeholder: string): string {
  if (type.kind === "email") return `casefold(${placeholder}::text collate pg_unicode_fast)`;
  return type.kind === "boolean" ? `${placeholder}::boolean` : placeholder;
}
