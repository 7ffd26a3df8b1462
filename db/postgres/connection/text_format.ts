import { Buffer } from "node:buffer";
import { parse as parseArray } from "postgres-array";
import type { QueryParameter } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { tooManyParameters } from "./statement_errors.ts";

/** Parsers of column texts by the OID of the type (pg_type.dat). Other types remain text. */
export const columnParsers: Readonly<Record<number, (text: string) => unknown>> = withArrays([
  { oid: 16, array: 1000, parse: (text) => text === "t" }, // boolean
  { oid: 17, array: 1001, parse: parseBytes }, // bytea
  { oid: 20, array: 1016, parse: BigInt }, // int8
  { oid: 21, array: 1005, parse: Number }, // int2
  { oid: 23, array: 1007, parse: Number }, // int4
  { oid: 26, array: 1028, parse: Number }, // oid
  { oid: 700, array: 1021, parse: Number }, // float4
  { oid: 701, array: 1022, parse: Number }, // float8
  { oid: 114, array: 199, parse: JSON.parse }, // json
  { oid: 3802, array: 3807, parse: JSON.parse }, // jsonb
  { oid: 1184, array: 1185, parse: parseTimestamp }, // timestamptz
  { oid: 1114, array: 1115 }, // timestamp
  { oid: 1082, array: 1182 }, // date
  { oid: 25, array: 1009 }, // text
  { oid: 1043, array: 1015 }, // varchar
  { oid: 1042, array: 1014 }, // char
  { oid: 1700, array: 1231 }, // numeric
  { oid: 2950, array: 2951 }, // uuid
]);

interface ColumnType {
  readonly oid: number;
  readonly array: number;
  /** Returns the text itself if absent. */
  readonly parse?: (text: string) => unknown;
}

function withArrays(types: readonly ColumnType[]): Record<number, (text: string) => unknown> {
  const parsers: Record<number, (text: string) => unknown> = {};
  for (const { oid, array, parse } of types) {
    if (parse !== undefined) parsers[oid] = (text) => parse(text);
    const element = parse ?? ((text: string): unknown => text);
    parsers[array] = (text) => parseArray(text, (item) => element(item));
  }
  return parsers;
}

/** Parses `2026-11-22 07:41:00.123456+00`, as written with TimeZone UTC and DateStyle ISO. */
function parseTimestamp(text: string): string {
  // Years of more than four digits, BC and infinity have no RFC 3339 form and remain unchanged.
  return text.charCodeAt(10) === 32 && text.endsWith("+00")
    ? `${text.slice(0, 10)}T${text.slice(11, -3)}Z`
    : text;
}

/**
 * Parses `\x` and two hexadecimal digits per byte, or the "escape" format, which a session behind a pooler may have: a
 * byte as its character, `\\` for a backslash, and `\` with three octal digits (PostgreSQL, "bytea Escape Format").
 */
function parseBytes(text: string): Uint8Array {
  const bytes = text.startsWith("\\x") ? Buffer.from(text.slice(2), "hex") : Buffer.from(
    text.replace(/\\(\\|[0-3][0-7]{2})/g, (_, escaped) => {
      return escaped === "\\" ? escaped : String.fromCharCode(Number.parseInt(escaped, 8));
    }),
    "latin1",
  );
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

type Scalar = null | boolean | number | bigint | string;

/** Maximum number of parameters. postgres.js would leave a connection hanging after a statement with more. */
const maxParameters = 65_533;

/**
 * Encodes the parameters of a statement; see {@link encodeParameter}.
 *
 * @throws {DatabaseError} also if there are more than can be sent.
 */
export function encodeParameters(values: readonly QueryParameter[]): (string | null)[] {
  if (values.length > maxParameters) throw tooManyParameters(values.length);
  return values.map(encodeParameter);
}

/**
 * Encodes a parameter in PostgreSQL's text format. The server infers the type from the statement.
 *
 * @throws {DatabaseError} with code "invalid-value" for a string that UTF-8 cannot represent.
 */
export function encodeParameter(value: QueryParameter): string | null {
  if (typeof value === "string") return wellFormed(value);
  if (value === null) return null;
  if (value instanceof Uint8Array) return encodeBytes(value);
  if (typeof value === "object") return `{${value.map(encodeItem).join(",")}}`;
  return String(value);
}

function encodeItem(item: Scalar): string {
  if (item === null) return "NULL";
  if (typeof item === "string") return `"${wellFormed(item).replace(/[\\"]/g, "\\$&")}"`;
  return String(item);
}

function wellFormed(text: string): string {
  // Encoding would silently replace a lone surrogate.
  if (text.isWellFormed()) return text;
  throw new DatabaseError("invalid-value", "A text with a lone surrogate cannot be stored");
}

/** Maximum length of bytes whose text, two digits for each, is not longer than a string can be. */
const maxBytes = 2 ** 28 - 16;

function encodeBytes(bytes: Uint8Array): string {
  if (bytes.length > maxBytes) {
    throw new DatabaseError(
      "invalid-value",
      `A parameter has ${bytes.length} bytes, and at most ${maxBytes} can be sent`,
    );
  }
  return `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex")}`;
}
