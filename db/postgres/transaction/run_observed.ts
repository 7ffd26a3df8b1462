import type { DatabaseObserver } from "../../database_observer.ts";
import type { Transaction } from "../../db.ts";
import type { Connections } from "../connection/connections.ts";
import { runTransaction, type RunTransactionOptions } from "./run_transaction.ts";

/** Options of an observed transaction. */
export interface RunObservedOptions extends RunTransactionOptions {
  readonly observer: DatabaseObserver;
  /** Name of the server for the observer. */
  readonly instance: string;
}

const inside = { inTransaction: true } as const;

/** Runs a transaction with an observer; otherwise like {@link runTransaction}. */
export function runObserved<T>(
  connections: Connections,
  run: (tx: Transaction) => Promise<T>,
  { observer, instance, ...options }: RunObservedOptions,
): Promise<T> {
  return observer.transaction(instance, async (transaction) => {
    const watch = { transaction, statement: (text: string) => observer.statement(text, instance, inside) };
    try {
      const value = await runTransaction(connections, run, { ...options, watch });
      transaction.ended({});
      return value;
    } catch (error) {
      transaction.ended({ error });
      throw error;
    }
  });
}
