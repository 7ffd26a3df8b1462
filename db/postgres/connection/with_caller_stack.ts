import { DatabaseError, type DatabaseErrorCode, type DatabaseErrorFields } from "../../errors.ts";
import { excerpt, summarizeStatement } from "../../summarize_statement.ts";

/** Errors that have nothing to do with the statement, and come in thousands while there is too much to do. */
const ELSEWHERE: ReadonlySet<DatabaseErrorCode> = new Set(["cancelled", "saturated", "unavailable"]);

/** How many frames a stack has: those of a transaction alone are eight. V8 takes ten unasked. */
const MAX_FRAMES = 30;

/**
 * An error of the database, with the stack of the code that waits for it and a summary of the statement that failed.
 * The driver reports errors from its socket, where no caller is on the stack. While a rejection is passed on, there is
 * one: V8 follows the promises to every `await` (https://v8.dev/blog/fast-async). A statement that succeeds pays
 * nothing for it.
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
