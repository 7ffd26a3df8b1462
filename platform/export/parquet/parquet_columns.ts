import { microsecondsOf } from "@archway/db/timestamp.ts";
import type { ExportColumn, ExportColumnType, ExportValue } from "@archway/service_kit/export_definition.ts";
import type { SchemaElement } from "hyparquet";

/** Digits of a decimal, the maximum of most readers. */
const PRECISION = 38;
const DEFAULT_SCALE = 4;

/** Types of columns, by what distinguishes their elements of a schema. */
const TYPES: Readonly<Record<string, ExportColumnType>> = {
  ...{ BOOLEAN: "boolean", INT32: "int32", INT64: "int64", DECIMAL: "decimal", UTF8: "text", JSON: "json" },
  ...{ UUID: "uuid", TIMESTAMP_MICROS: "timestamp" },
};

/** Returns the schema of a file, with its root first. All columns may be null. */
export function schemaOf(columns: Readonly<Record<string, ExportColumn>>): SchemaElement[] {
  const entries = Object.entries(columns);
  return [
    { name: "root", num_children: entries.length },
    ...entries.map(([name, column]): SchemaElement => ({
      name,
      repetition_type: "OPTIONAL",
      ...elementOf(column),
    })),
  ];
}

function elementOf({ type, scale = DEFAULT_SCALE }: ExportColumn): Omit<SchemaElement, "name"> {
  switch (type) {
    case "boolean":
      return { type: "BOOLEAN" };
    case "int32":
      return { type: "INT32" };
    case "int64":
      return { type: "INT64" };
    case "decimal":
      return {
        ...{ type: "FIXED_LEN_BYTE_ARRAY", type_length: 16 },
        ...{ converted_type: "DECIMAL", precision: PRECISION, scale },
      };
    case "text":
      return { type: "BYTE_ARRAY", converted_type: "UTF8" };
    case "json":
      return { type: "BYTE_ARRAY", converted_type: "JSON" };
    case "uuid":
      return { type: "FIXED_LEN_BYTE_ARRAY", type_length: 16, logical_type: { type: "UUID" } };
    case "timestamp":
      return {
        type: "INT64",
        converted_type: "TIMESTAMP_MICROS",
        logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MICROS" },
      };
  }
}

/**
 * Returns the column that an element of a schema stands for.
 *
 * @throws {Error} for an element that no export writes.
 */
export function columnOf({ name, type, converted_type, logical_type, scale }: SchemaElement): ExportColumn {
  const column = TYPES[converted_type ?? logical_type?.type ?? type ?? ""];
  if (column === undefined) throw new Error(`Column ${name} has a type that exports do not write`);
  return { type: column, description: "", ...(column === "decimal" && { scale: scale ?? 0 }) };
}

/**
 * Returns a value as the writer takes it.
 *
 * @throws {Error} if it does not have the type of the column. The message does not contain it.
 */
export function encodeValue({ type, scale = DEFAULT_SCALE }: ExportColumn, value: ExportValue): ExportValue {
  if (value === null || value === undefined) return null;
  switch (type) {
    case "decimal":
      return typeof value === "string" ? unscaled(value, scale) : mismatch(type);
    case "timestamp":
      return typeof value === "string" ? microsecondsOf(value) : mismatch(type);
    case "int64":
      return typeof value === "bigint" ? value : mismatch(type);
    case "int32":
      return typeof value === "number" && value === (value | 0) ? value : mismatch(type);
    case "boolean":
      return typeof value === "boolean" ? value : mismatch(type);
    case "text":
    case "uuid":
      return typeof value === "string" ? value : mismatch(type);
    case "json":
      return value;
  }
}

/** Returns the digits of a decimal as an integer, with all fraction digits. */
function unscaled(text: string, scale: number): bigint {
  const [, sign = "", whole = "", fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === "" || fraction.length > scale || whole.length + scale > PRECISION) {
    throw new Error(`A decimal has more digits than its column, ${PRECISION - scale} and ${scale}`);
  }
  return BigInt(`${sign}${whole}${fraction.padEnd(scale, "0")}`);
}

function mismatch(type: string): never {
  throw new Error(`A value does not have the type of its column, ${type}`);
}
