import type { Transaction, TxOptions } from "../../db.ts";
import { withCallerStack } from "../connection/with_caller_stack.ts";
import { beginStatement } from "./begin_statement.ts";
import type { Connection } from "../connection/connection.ts";
import type { Connections } from "../connection/connections.ts";
import { toDatabaseError } from "../connection/to_database_error.ts";
import type { TransactionDeadline } from "./transaction_deadline.ts";
import { TransactionScope, type TransactionState, type TransactionWatch } from "./transaction_scope.ts";

/** How a transaction is run. */
export interface RunTransactionOptions extends TxOptions {
  readonly deadline: TransactionDeadline;
  /** What the session allows a statement anyway, in milliseconds; 0: any time. */
  readonly statementTimeoutMs: number;
  /** Whether the server is told the deadline, or keeps the one of the session. */
  readonly tellsDeadline: boolean;
  /** Whether its session may be anybody's, so that the server knows no deadlines but those of the transaction. */
  readonly isPooled: boolean;
  /** Who watches; absent: nobody. */
  readonly watch?: TransactionWatch;
}

/** How long the end of an aborted transaction may take before its connection is closed, in milliseconds. */
const graceMs = 1_000;

/** How much later than the program the server ends a transaction, which costs the connection, in milliseconds. */
const serverGraceMs = 500;

/**
 * Runs `run` between BEGIN and COMMIT, or ROLLBACK when it throws. What it throws is thrown on unchanged, whatever
 * becomes of the ROLLBACK. A transaction in which a statement failed is rolled back even where `run` went on and
 * returned: the server would turn its COMMIT into a ROLLBACK.
 */
export async function runTransaction<T>(
  connections: Connections,
  run: (tx: Transaction) => Promise<T>,
  options: RunTransactionOptions,
): Promise<T> {
  const { deadline } = options;
  const connection = await connections.lend(deadline.signal).catch((error) => {
    throw withCallerStack(deadline.signal.aborted ? deadline.signal.reason : error);
  });
  const { watch } = options;
  watch?.transaction.connected(connection.instance);
  const state: TransactionState = {
    connection,
    deadline,
    watch,
    over: false,
    savepoints: 0,
    running: new Set(),
  };
  const scope = new TransactionScope(state);
  try {
    const value = await inside(scope, run, { state, options });
    await end(connection, "COMMIT", deadline);
    return value;
  } finally {
    connections.give(connection);
  }
}

/** What happens between BEGIN and COMMIT. Rolls back where it fails. */
async function inside<T>(
  scope: TransactionScope,
  run: (tx: Transaction) => Promise<T>,
  { state, options }: { readonly state: TransactionState; readonly options: RunTransactionOptions },
): Promise<T> {
  const { connection, deadline } = state;
  try {
    deadline.check();
    await begin(connection, options);
    const value = await Promise.race([run(scope), aborted(deadline.signal)]);
    await Promise.allSettled(state.running);
    deadline.check();
    if (scope.failure !== undefined) throw scope.failure;
    state.over = true;
    return value;
  } catch (error) {
    state.over = true;
    const failure = error === deadline.signal.reason ? withCallerStack(error) : error;
    // What it says would hide why it was needed. A connection that could not roll back is of no more use.
    await end(connection, "ROLLBACK", deadline).catch(() => connection.close());
    throw failure;
  }
}

async function begin(connection: Connection, options: RunTransactionOptions): Promise<void> {
  const { isolation, readOnly, lockTimeoutMs, deadline, isPooled } = options;
  const leftMs = options.tellsDeadline || isPooled ? deadline.leftMs : Infinity;
  const allowedMs = options.statementTimeoutMs === 0 ? Infinity : options.statementTimeoutMs;
  const statementMs = isPooled ? Math.min(leftMs, allowedMs) : leftMs < allowedMs ? leftMs : Infinity;
  try {
    await connection.script(beginStatement({
      isolation,
      readOnly,
      lockTimeoutMs,
      transactionTimeoutMs: leftMs < Infinity ? leftMs + serverGraceMs : undefined,
      statementTimeoutMs: statementMs < Infinity ? statementMs : undefined,
    }));
  } catch (error) {
    throw toDatabaseError(error);
  }
}

/** Sends COMMIT or ROLLBACK. Where the deadline has passed, the server has a little time left to answer it. */
async function end(
  connection: Connection,
  text: "COMMIT" | "ROLLBACK",
  { signal }: TransactionDeadline,
): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onAbort = (): void => {
    timer = setTimeout(() => void connection.close(), graceMs);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  try {
    await connection.query(text);
  } catch (error) {
    throw withCallerStack(error, text);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

async function aborted(signal: AbortSignal): Promise<never> {
  return await new Promise<never>((_, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
