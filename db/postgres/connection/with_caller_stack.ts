import { DatabaseError, type DatabaseErrorCode, type DatabaseErrorFields } from "../../errors.ts";
import { excerpt, summarizeStatement } from "../../summarize_statement.ts";

/** Errors that are independent of the statement and occur in large numbers under overload. */
const ELSEWHERE: ReadonlySet<DatabaseErrorCode> = new Set(["cancelled", "saturated", "unavailable"]);

/** Maximum number of stack frames: those of a transaction alone are eight. V8's default is ten. */
const MAX_FRAMES = 30;

/**
 * Adds the caller's stack and a summary of the statement to a database error. The driver reports errors from its socket,
 * without the caller on the stack. While a rejection propagates there is one: V8 follows the promises to every `await`
 * (https://v8.dev/blog/fast-async). Successful statements have no overhead.
 */
export function withCallerStack<E>(error: E, statement?: string): E | DatabaseError {
  if (!(error instanceof DatabaseError) || ELSEWHERE.has(error.code)) return error;
  const { code, message, cause, logFields } = error;
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = MAX_FRAMES;
  try {
    return new DatabaseError(code, message, { cause, ...logFields, ...describe(statement, error) });
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function describe(text: string | undefined, { logFields, sqlState }: DatabaseError): DatabaseErrorFields {
  if (text === undefined || logFields.statement !== undefined) return {};
  const { name: statement } = summarizeStatement(text);
  return sqlState?.startsWith("42") ? { statement, near: excerpt(text, logFields.position) } : { statement };
}
