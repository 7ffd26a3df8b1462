import { DatabaseError, type DatabaseErrorOptions } from "../../errors.ts";
import { retryable } from "./retryable_error.ts";
import type { SentStatement } from "./sent_statements.ts";
import { isConnectionLoss, toDatabaseError } from "./to_database_error.ts";

/** Returns the error of a server to which there is no connection. */
export function unreachable(options?: DatabaseErrorOptions): DatabaseError {
  return new DatabaseError("unavailable", "The database cannot be reached", options);
}

/** Returns the error of a statement whose connection was lost before it was sent, with what the server said then. */
export function connectionLost(reason?: Error): DatabaseError {
  return new DatabaseError(
    "unavailable",
    "The connection to the database was lost",
    reason?.cause instanceof Error ? { cause: toDatabaseError(reason.cause).cause } : {},
  );
}

/** Returns the error of a statement aborted by its caller. */
export function statementCancelled({ reason }: AbortSignal): DatabaseError {
  return new DatabaseError("cancelled", "The statement was cancelled", { cause: reason });
}

/** Returns the error of a statement with more parameters than can be sent. */
export function tooManyParameters(count: number): DatabaseError {
  return new DatabaseError(
    "internal",
    `A statement has ${count} parameters, and at most 65,533 can be sent: pass arrays (unnest), or several statements`,
  );
}

/** Returns the error of a commit whose wait for a standby was cancelled. */
export function commitUnconfirmed(): DatabaseError {
  return new DatabaseError("outcome-unknown", "The server committed without confirmation of a standby");
}

/** Converts the error of a read whose server was lost: a read leaves no outcome in doubt. */
export function readLost(error: DatabaseError): DatabaseError {
  if (error.code === "unavailable") return error;
  return new DatabaseError("unavailable", "The connection was lost during a read", {
    cause: error.cause,
    statement: error.logFields.statement,
  });
}

/**
 * Converts the driver's error of a statement in flight.
 *
 * @param isStale Whether its tables have changed since it was prepared.
 */
export function toStatementError(
  error: unknown,
  { aborted, exposed }: Pick<SentStatement, "aborted" | "exposed">,
  isStale: boolean,
): DatabaseError {
  const databaseError = toDatabaseError(error);
  if (isConnectionLoss(databaseError)) {
    return new DatabaseError("outcome-unknown", "The connection was lost before the server responded", {
      cause: databaseError.cause,
    });
  }
  if (isStale) {
    return retryable(databaseError, "The tables have changed since the statement was prepared");
  }
  return databaseError.sqlState === "57014" && exposed && !aborted
    ? retryable(databaseError, "A cancel request for another statement stopped this one")
    : databaseError;
}
