import { DatabaseError } from "../../errors.ts";

/** Matches statements that begin or end a transaction (PostgreSQL, "SQL Commands"). */
const control =
  /^(?:begin|start\s+transaction|commit|end|abort|rollback|savepoint|release|prepare\s+transaction)\b/i;

/** Matches COPY between the server and the client. */
const copy = /^copy\b.*\b(?:from\s+stdin|to\s+stdout)\b/is;

/** Matches what may stand in front of a statement; comments in comments are not. */
const blank = /^(?:[\s;(]+|--[^\n\r]*(?:[\n\r]|$)|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/)+/;

/**
 * Rejects statements that begin or end a transaction, since they would leave an open transaction to the next caller of
 * the connection, or run the rest of a transaction outside of it. Rejects COPY with the client, whose rows are no result.
 *
 * @throws {DatabaseError} with code "internal".
 */
export function refuseStatement(text: string): void {
  const bare = /^[a-z]/i.test(text) ? text : text.replace(blank, "");
  if (control.test(bare)) {
    throw new DatabaseError("internal", "Use withTx() instead of statements that begin or end transactions");
  }
  if (copy.test(bare)) throw copyUnsupported();
}

/** Returns the error of a COPY that exchanges rows with the client. */
export function copyUnsupported(): DatabaseError {
  return new DatabaseError(
    "internal",
    "COPY FROM STDIN and COPY TO STDOUT are not supported by query(): use insertRows(), or rowCopy of a transaction",
  );
}
