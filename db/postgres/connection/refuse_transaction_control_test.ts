import { assertThrows } from "@std/assert";
import { DatabaseError } from "../../errors.ts";
import { refuseTransactionControl } from "./refuse_transaction_control.ts";

Deno.test("refuseTransactionControl() tells transaction control from other statements", () => {
  const refused = [
    "BEGIN",
    " begin;",
    "\nCOMMIT AND CHAIN",
    "end",
    "ABORT",
    "Rollback to x",
    "SAVEPOINT a",
    "RELEASE a",
  ];
  for (const text of [...refused, "START  TRANSACTION READ ONLY", "PREPARE TRANSACTION 'x'"]) {
    assertThrows(() => refuseTransactionControl(text), DatabaseError, "withTx()");
  }
  const allowed = [
    "SELECT 1",
    "WITH begin AS (SELECT 1) TABLE begin",
    "DO $$ BEGIN END $$",
    "endings",
    "PREPARE x AS SELECT 1",
  ];
  for (const text of allowed) refuseTransactionControl(text);
});
