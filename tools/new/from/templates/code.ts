import type { JsonValue } from "@archway/server/operation.ts";
import { propertyKey } from "../../../oapi_codegen/types/identifiers.ts";
import type { Collection, Column, InputMember } from "../collection.ts";

/** Service that is written, for its templates. */
export interface ServiceNaming {
  /** Name in kebab case, such as "train-travel". */
  readonly name: string;
  /** Folder, such as "train_travel_service". */
  readonly folder: string;
  /** Name of its API and generator settings, such as "train_travel". */
  readonly api: string;
  /** Prefix of types, such as "TrainTravel". */
  readonly pascal: string;
  /** Prefix of variables. */
  readonly camel: string;
}

/** Returns the access to a member. */
export function access(object: string, name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `${object}.${name}` : `${object}[${JSON.stringify(name)}]`;
}

/** Returns a value as code. */
export function literal(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) => `${propertyKey(name)}: ${literal(member)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

/** Returns the type of a column's property in the domain, without null. */
export function domainType({ type, jsonType }: Column): string {
  const { kind, values } = type;
  if (values !== undefined) return values.map((value) => JSON.stringify(value)).join(" | ");
  const types = {
    bigint: "bigint",
    boolean: "boolean",
    date: "string",
    integer: "number",
    json: type.isNullable ? `NonNullable<${jsonType}>` : String(jsonType),
    number: "number",
    text: "string",
    timestamp: "Timestamp",
    uuid: "string",
  };
  return types[kind];
}

/** Returns the type of the values that a list filters by. */
export function filterType(column: Column): string {
  const { values } = column.type;
  if (values === undefined) return domainType(column);
  return values.every((value) => typeof value === "number") ? "number" : "string";
}

/** Whether a row may have null in a column. */
export function isNullable({ isOptional, type }: Column): boolean {
  return isOptional || type.isNullable;
}

/** Returns a value of a request as the domain has it. */
export function toDomain({ type: { kind } }: Pick<Column, "type">, value: string): string {
  if (kind === "bigint") return `BigInt(${value})`;
  if (kind === "timestamp") return `utcTimestamp(${value})`;
  return kind === "uuid" ? `${value}.toLowerCase()` : value;
}

/** Returns a value of the domain as a representation has it. */
export function fromDomain({ type: { kind } }: Pick<Column, "type">, value: string): string {
  return kind === "bigint" ? `Number(${value})` : value;
}

/**
 * Returns the member of the input of a request's `body`.
 *
 * @param current Expression of the current value, which absent members keep. @default they become null
 */
export function inputMember(member: InputMember, current?: string): string {
  const { column, isOptional, isNullable: allowsNull, fallback } = member;
  if (column.property === "") return column.name;
  const sent = access("body", column.property);
  const absent = current ?? (fallback === undefined ? "null" : fallbackText(column, fallback));
  const stored = toDomain(column, sent);
  const mayLack = isOptional || allowsNull;
  if (!mayLack) return `${column.name}: ${stored}`;
  const keepsNull = allowsNull && isNullable(column) && absent !== "null";
  if (keepsNull) {
    const rest = stored === sent ? sent : `${sent} === null ? null : ${stored}`;
    return `${column.name}: ${isOptional ? `${sent} === undefined ? ${absent} : ${rest}` : rest}`;
  }
  if (stored === sent) return `${column.name}: ${sent} ?? ${absent}`;
  const checks = [...(isOptional ? ["undefined"] : []), ...(allowsNull ? ["null"] : [])];
  const isAbsent = checks.map((value) => `${sent} === ${value}`).join(" || ");
  return `${column.name}: ${isAbsent} ? ${absent} : ${stored}`;
}

function fallbackText(column: Column, value: JsonValue): string {
  return column.type.kind === "bigint" && typeof value === "number" ? `${value}n` : literal(value);
}

/** Whether a collection has lists by cursor, and by position. */
export function listStyles({ lists }: Collection): { readonly cursor: boolean; readonly offset: boolean } {
  const has = (style: string): boolean => lists.some(({ paging }) => paging.style === style);
  return { cursor: has("cursor"), offset: has("offset") };
}

/** Columns that a list filters by. */
export function filteredColumns({ lists }: Collection): readonly Column[] {
  return [...new Set(lists.flatMap(({ filters }) => filters.map(({ column }) => column)))];
}

/** Whether an entity has a key in a column of its own. */
export function hasKeyColumn({ key }: Collection): boolean {
  return key.kind !== "uuid";
}

/** Returns text of a document for a comment of one line: without line breaks and other control characters. */
export function commentText(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ");
}

/** Returns the content type of a response, of which a handler names one among several. */
export function contentTypeText(hasSeveral: boolean, mediaType: string | undefined): string {
  return hasSeveral && mediaType !== undefined ? `, contentType: ${JSON.stringify(mediaType)}` : "";
}
