import { DatabaseError } from "../../errors.ts";
import { wasRefused } from "./refuse_retry.ts";
import { retryable } from "./retryable_error.ts";
import type { SentStatement } from "./sent_statements.ts";
import { isConnectionLoss, toDatabaseError } from "./to_database_error.ts";

/** The connection went before the statement was sent. */
export function connectionLost(): DatabaseError {
  return new DatabaseError("unavailable", "The connection to the database was lost");
}

/** The caller does not wait any more. */
export function statementCancelled({ reason }: AbortSignal): DatabaseError {
  return new DatabaseError("cancelled", "The statement was cancelled", { cause: reason });
}

/** The server waited for a standby to confirm a commit, and somebody cancelled that. */
export function commitUnconfirmed(): DatabaseError {
  return new DatabaseError("outcome-unknown", "The server committed without knowing that a standby has it");
}

/** What a read is told whose server was lost under it: what only reads has no outcome that could be unknown. */
export function readLost(fault: DatabaseError): DatabaseError {
  if (fault.code === "unavailable") return fault;
  return new DatabaseError("unavailable", "The connection was lost while the server read", {
    cause: fault.cause,
    statement: fault.logFields.statement,
  });
}

/** Why a statement that was sent has failed. */
export function toStatementError(
  error: unknown,
  { pending, aborted, exposed }: SentStatement,
): DatabaseError {
  const fault = toDatabaseError(error);
  if (isConnectionLoss(fault)) {
    return new DatabaseError("outcome-unknown", "The connection was lost before the server answered", {
      cause: fault.cause,
    });
  }
  if (wasRefused(pending)) {
    return retryable(fault, "The tables have changed since the statement was prepared");
  }
  return fault.sqlState === "57014" && exposed && !aborted
    ? retryable(fault, "A cancel request for another statement stopped this one")
    : fault;
}
