import { isArray } from "../../oapi_codegen/document/json_value.ts";
import type { References } from "../../oapi_codegen/document/references.ts";
import { mergedSchema, type PropertyShape } from "./object_shape.ts";

/** Type of a column, which follows from the schema of a property. */
export interface ColumnType {
  readonly kind:
    | "bigint"
    | "boolean"
    | "date"
    | "integer"
    | "json"
    | "number"
    | "text"
    | "timestamp"
    | "uuid";
  /** Whether the document allows null. */
  readonly isNullable: boolean;
  /** The values that the document allows, if it lists them. */
  readonly values?: readonly (string | number)[];
}

/** Limits of a 32-bit integer. */
const [INT_MIN, INT_MAX] = [-2147483648, 2147483647];

/** Returns the type of the column that stores a property. Whatever is no scalar of one type is stored as JSON. */
export function columnType(property: PropertyShape, references: References): ColumnType {
  const schema = mergedSchema(property, references);
  const written = schema["type"];
  const types = isArray(written) ? written : written === undefined ? [] : [written];
  const allowed = schema["const"] === undefined ? schema["enum"] : [schema["const"]];
  const listed = isArray(allowed) ? allowed : undefined;
  const isNullable = types.includes("null") || listed?.includes(null) === true;
  const [type, ...others] = types.filter((name) => name !== "null");
  const values = listed?.filter((value) => value !== null);
  const hasAlternatives = ["oneOf", "anyOf", "not", "if"].some((keyword) => schema[keyword] !== undefined);
  const json: ColumnType = { kind: "json", isNullable };
  if (others.length > 0 || hasAlternatives) return json;
  switch (type ?? (values?.every((value) => typeof value === "string") ? "string" : undefined)) {
    case "string":
      return textType(schema, { values, isNullable }) ?? json;
    case "integer":
      return integerType(schema, { values, isNullable }) ?? json;
    case "number":
      return values === undefined ? { kind: "number", isNullable } : json;
    case "boolean":
      return values === undefined ? { kind: "boolean", isNullable } : json;
    default:
      return json;
  }
}

interface Listed {
  readonly values: readonly unknown[] | undefined;
  readonly isNullable: boolean;
}

function textType(
  schema: Readonly<Record<string, unknown>>,
  { values, isNullable }: Listed,
): ColumnType | undefined {
  if (values !== undefined) {
    const texts = values.filter((value) => typeof value === "string");
    return texts.length === values.length ? { kind: "text", isNullable, values: texts } : undefined;
  }
  // Only plain schemas of these formats: a pattern may allow other spellings than the column returns.
  const format = schema["pattern"] === undefined ? schema["format"] : undefined;
  if (format === "uuid" || format === "date") return { kind: format, isNullable };
  return { kind: format === "date-time" ? "timestamp" : "text", isNullable };
}

function integerType(
  schema: Readonly<Record<string, unknown>>,
  { values, isNullable }: Listed,
): ColumnType | undefined {
  if (values !== undefined) {
    const numbers = values.filter((value) => typeof value === "number");
    const areSmall = numbers.every((value) => value >= INT_MIN && value <= INT_MAX);
    return numbers.length === values.length && areSmall
      ? { kind: "integer", isNullable, values: numbers }
      : undefined;
  }
  const { minimum, maximum, format } = schema;
  const isSmall = format === "int32" ||
    typeof minimum === "number" && minimum >= INT_MIN && typeof maximum === "number" && maximum <= INT_MAX;
  return { kind: isSmall ? "integer" : "bigint", isNullable };
}
