import { DatabaseError } from "../../errors.ts";

/** How a statement begins that would begin or end a transaction (PostgreSQL, "SQL Commands"). */
const control =
  /^\s*(?:begin|start\s+transaction|commit|end|abort|rollback|savepoint|release|prepare\s+transaction)\b/i;

/**
 * Throws "internal" for a statement that would begin or end a transaction behind the pool's back: the connection would
 * go to the next caller with an open one, or the rest of a transaction would run outside of it.
 */
export function refuseTransactionControl(text: string): void {
  if (!control.test(text)) return;
  throw new DatabaseError("internal", "Transactions are begun and ended by withTx(), not by statements");
}
