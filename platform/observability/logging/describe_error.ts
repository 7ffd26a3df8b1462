import type { LoggedError } from "@archway/service_kit/developer_tool.ts";
import { redactMessage } from "@archway/service_kit/redact_message.ts";
import { isSensitiveField } from "./redaction.ts";
import { frameLine, stackFrames } from "./stack_frames.ts";

/** Maximum depth of causes, number of inner errors of one error, and number of errors in all. */
const MAX_DEPTH = 8;
const MAX_ERRORS = 5;
const MAX_TOTAL = 16;

/** Maximum length of messages and values, in characters. */
const MAX_CHARACTERS = 4_000;

/** Reserved names, which fields of an error must not have. */
const RESERVED = new Set(["name", "code", "message", "frames", "cause", "errors"]);

/** Options of describing errors. */
export interface DescribeErrorOptions {
  /**
   * Whether to show messages unredacted, for the terminal of a developer.
   *
   * @default false
   */
  readonly inFull?: boolean;
}

/** Describes an error and its causes, within bounds: long chains and cycles of causes are cut. */
export function describeError(
  error: unknown,
  { inFull = false }: DescribeErrorOptions = {},
): LoggedError {
  const seen = new Set<unknown>();

  function describe(thrown: unknown, depth: number): LoggedError {
    if (!(thrown instanceof Error)) return notAnError(thrown, inFull);
    seen.add(thrown);
    const code: unknown = Reflect.get(thrown, "code");
    const name = nameOf(thrown);
    const message = String(thrown.message);
    const follow = (next: unknown): next is NonNullable<unknown> =>
      next !== undefined && next !== null && depth < MAX_DEPTH && seen.size < MAX_TOTAL && !seen.has(next);
    const errors = innerErrors(thrown).slice(0, MAX_ERRORS).flatMap((inner) =>
      follow(inner) ? [describe(inner, depth + 1)] : []
    );
    return {
      name,
      ...(typeof code === "string" && /^[\w-]{1,60}$/.test(code) ? { code } : {}),
      message: inFull ? shortened(message) : redactMessage(message, { isDatabase: name === "PostgresError" }),
      fields: fieldsOf(thrown),
      frames: stackFrames(thrown),
      ...(follow(thrown.cause) ? { cause: describe(thrown.cause, depth + 1) } : {}),
      ...(errors.length === 0 ? {} : { errors }),
    };
  }

  return describe(error, 1);
}

/** Converts a description to a JSON object. */
export function errorToJson(description: LoggedError): Record<string, unknown> {
  const { name, code, message, fields, frames, cause, errors } = description;
  return {
    name,
    code,
    message,
    ...fields,
    frames: frames.length === 0 ? undefined : frames.map(frameLine),
    cause: cause && errorToJson(cause),
    errors: errors?.map(errorToJson),
  };
}

function nameOf(error: Error): string {
  return typeof error.name === "string" && /^[\w$.-]{1,60}$/.test(error.name) ? error.name : "Error";
}

function fieldsOf(error: Error): LoggedError["fields"] {
  const offered: unknown = Reflect.get(error, "logFields");
  if (typeof offered !== "object" || offered === null) return {};
  const fields: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(offered)) {
    if (RESERVED.has(name) || isSensitiveField(name)) continue;
    if (typeof value === "string") fields[name] = shortened(value);
    else if (typeof value === "number" || typeof value === "boolean") fields[name] = value;
  }
  return fields;
}

function innerErrors(error: Error): readonly unknown[] {
  if (error instanceof AggregateError) return error.errors;
  if (error instanceof SuppressedError) return [error.error, error.suppressed];
  return [];
}

function notAnError(thrown: unknown, inFull: boolean): LoggedError {
  const message = inFull
    ? shortened(Deno.inspect(thrown, { depth: 3, strAbbreviateSize: MAX_CHARACTERS }))
    : "not an Error";
  return { name: thrown === null ? "null" : typeof thrown, message, fields: {}, frames: [] };
}

function shortened(text: string): string {
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
}
