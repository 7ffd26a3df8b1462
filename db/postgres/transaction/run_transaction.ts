import type { Transaction, TxOptions } from "../../db.ts";
import { withCallerStack } from "../connection/with_caller_stack.ts";
import { beginStatement } from "./begin_statement.ts";
import type { Connection, StatementBehind } from "../connection/connection.ts";
import type { Connections } from "../connection/connections.ts";
import type { Followers } from "../connection/pool_querier.ts";
import { toDatabaseError } from "../connection/to_database_error.ts";
import type { TransactionDeadline } from "./transaction_deadline.ts";
import { TransactionScope, type TransactionState, type TransactionWatch } from "./transaction_scope.ts";

/** Options of {@link runTransaction}. */
export interface RunTransactionOptions extends TxOptions {
  readonly deadline: TransactionDeadline;
  /** Statement timeout of the session in milliseconds; 0 if disabled. */
  readonly statementTimeoutMs: number;
  /** Whether the deadline is set on the server, instead of the session's timeout. */
  readonly setsServerDeadline: boolean;
  /** Whether sessions are pooled, so that timeouts must be set per transaction. */
  readonly isPooled: boolean;
  /** Observer; disabled if absent. */
  readonly watch?: TransactionWatch;
  /** Statements behind the COMMIT; none if absent. */
  readonly followers?: Followers | undefined;
}

/** Grace period for the end of an aborted transaction, in milliseconds. Its connection is closed after it. */
const graceMs = 1_000;

/** Delay of the server's timeout after the program's, in milliseconds. The server's costs the connection. */
const serverGraceMs = 500;

/**
 * Runs `run` between BEGIN and COMMIT, or ROLLBACK if it throws. Its error is rethrown unchanged, even if the ROLLBACK
 * fails. A transaction with a failed statement is rolled back even if `run` handled the error and returned, since the
 * server would turn its COMMIT into a ROLLBACK.
 */
export async function runTransaction<T>(
  connections: Connections,
  run: (tx: Transaction) => Promise<T>,
  options: RunTransactionOptions,
): Promise<T> {
  const { deadline } = options;
  const connection = await connections.acquire(deadline.signal).catch((error) => {
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
    await commit(connection, options);
    return value;
  } finally {
    connections.release(connection);
  }
}

/** Runs everything between BEGIN and COMMIT. Rolls back on failure. */
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
    // An error of the ROLLBACK must not hide the original one. The connection is closed then.
    await end(connection, "ROLLBACK", { deadline }).catch(() => connection.close());
    throw failure;
  }
}

async function begin(connection: Connection, options: RunTransactionOptions): Promise<void> {
  const { isolation, readOnly, lockTimeoutMs, deadline, isPooled } = options;
  const leftMs = options.setsServerDeadline || isPooled ? deadline.leftMs : Infinity;
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

async function commit(connection: Connection, options: RunTransactionOptions): Promise<void> {
  const { deadline, followers, signal } = options;
  const sent = { text: "COMMIT", isWrite: true, signal };
  const behind = followers?.behind(sent);
  try {
    await end(connection, "COMMIT", { deadline, behind });
  } finally {
    if (behind === undefined) followers?.ended(sent);
  }
}

interface EndOptions {
  readonly deadline: TransactionDeadline;
  /** Statement behind it. */
  readonly behind?: StatementBehind | undefined;
}

/** Sends COMMIT or ROLLBACK. After the deadline, the server has a grace period for the response. */
async function end(
  connection: Connection,
  text: "COMMIT" | "ROLLBACK",
  { deadline: { signal }, behind }: EndOptions,
): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onAbort = (): void => {
    timer = setTimeout(() => void connection.close(), graceMs);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  try {
    await connection.query(text, [], { behind });
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
