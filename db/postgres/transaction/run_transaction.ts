import type { Transaction, TxOptions } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { withCallerStack } from "../connection/with_caller_stack.ts";
import type { BeginOptions } from "./begin_statement.ts";
import type { Connection } from "../connection/connection.ts";
import type { Connections } from "../connection/connections.ts";
import type { Followers } from "../connection/pool_querier.ts";
import type { TransactionDeadline } from "./transaction_deadline.ts";
import { TransactionScope, type TransactionWatch } from "./transaction_scope.ts";
import { TransactionSession } from "./transaction_session.ts";

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
export function runTransaction<T>(
  connections: Connections,
  run: (tx: Transaction) => Promise<T>,
  options: RunTransactionOptions,
): Promise<T> {
  const { deadline } = options;
  if (deadline.reason !== undefined) return Promise.reject(withCallerStack(deadline.reason));
  const connection = connections.acquireIdle();
  if (connection !== undefined) return runOn(connection, run, { connections, options });
  return connections.acquire(deadline.signal).then(
    (waited) => runOn(waited, run, { connections, options }),
    (error) => {
      throw withCallerStack(deadline.reason ?? error);
    },
  );
}

/** Runs the transaction on an exclusive connection, and releases it. */
function runOn<T>(
  connection: Connection,
  run: (tx: Transaction) => Promise<T>,
  { connections, options }: { readonly connections: Connections; readonly options: RunTransactionOptions },
): Promise<T> {
  options.watch?.transaction.connected(connection.instance);
  const transaction = new RunningTransaction(connection, options);
  return transaction.run(run).then((value) => {
    transaction.end();
    connections.release(connection);
    return value;
  }, (error: unknown) => {
    transaction.end();
    connections.release(connection);
    throw transaction.isOwn(error) ? withCallerStack(error, transaction.failedText) : error;
  });
}

/** One transaction from its first statement to the response to COMMIT or ROLLBACK. */
class RunningTransaction {
  readonly #session: TransactionSession;
  readonly #scope: TransactionScope;
  readonly #deadline: TransactionDeadline;
  /** Error that does not come from the function. */
  #own: unknown;
  /** Statement that failed, if it is one of the transaction itself. */
  failedText: string | undefined;
  /** Ends the wait for the function. */
  #giveUp: (reason: unknown) => void = ignore;
  #grace: ReturnType<typeof setTimeout> | undefined;

  constructor(connection: Connection, options: RunTransactionOptions) {
    const { deadline, watch, followers, signal, readOnly } = options;
    this.#deadline = deadline;
    this.#session = new TransactionSession(connection, {
      begin: () => beginOptions(options),
      followers,
      signal,
      readOnly,
    });
    this.#scope = new TransactionScope(this.#session, { deadline, watch });
  }

  isOwn(error: unknown): boolean {
    return error === this.#own;
  }

  run<T>(run: (tx: Transaction) => Promise<T>): Promise<T> {
    // V8 finds the stack of the caller through the promise's own functions, not through closures around them.
    const returned = new Promise<T>((resolve, reject) => {
      this.#giveUp = reject;
      this.#deadline.onPassed = (reason): void => this.#pass(reason);
      if (this.#deadline.reason !== undefined) this.#pass(this.#deadline.reason);
      else run(this.#scope).then(resolve, reject);
    });
    return returned.then((value) => this.#commit(value), (error: unknown) => this.#rollback(error));
  }

  /** Ends the deadline. */
  end(): void {
    clearTimeout(this.#grace);
    this.#session.isOver = true;
    this.#deadline.onPassed = undefined;
  }

  /** Commits when every statement has its response, unless one of them has failed. */
  #commit<T>(value: T): T | Promise<T> {
    const session = this.#session;
    const scope = this.#scope;
    if (!scope.isIdle) {
      return new Promise<void>((resolve) => scope.onIdle = resolve).then(() => this.#commit(value));
    }
    if (scope.failure !== undefined) return this.#rollback(scope.failure);
    if (!session.isBegun) return value;
    const committing = session.committing ?? session.commit();
    return committing.then(() => value, (error: unknown) => this.#refuse(error));
  }

  /** Rolls back and rejects with the error, unless COMMIT was sent behind the last statement. */
  async #rollback(error: unknown): Promise<never> {
    const session = this.#session;
    // Its outcome is that of a statement, or the function has failed although it said that it does nothing more.
    const isCommitted = await session.committing?.then(() => true, () => false) ?? false;
    if (!isCommitted) await session.rollback();
    throw error;
  }

  /** Rejects with the error of COMMIT, or with the reason why it was cancelled. */
  async #refuse(error: unknown): Promise<never> {
    const { reason } = this.#deadline;
    const isInDoubt = error instanceof DatabaseError && error.code === "outcome-unknown";
    this.#own = isInDoubt || reason === undefined ? error : reason;
    this.failedText = "COMMIT";
    // The server may have been stopped before it began with COMMIT, so that the transaction is still open.
    if (!isInDoubt) await this.#session.rollback();
    throw this.#own;
  }

  /** The deadline has passed, or the caller has aborted. The server has some time for its response. */
  #pass(reason: DatabaseError): void {
    const session = this.#session;
    this.#grace = setTimeout(() => void session.connection.close(), graceMs);
    session.abort(reason);
    const { committing } = session;
    if (committing === undefined) return this.#stop(reason);
    // The function has the responses by then, and may return.
    const later = (): void => void setTimeout(() => this.#stop(this.#scope.failure ?? lateReturn()), 0);
    committing.then(later, later);
  }

  #stop(reason: DatabaseError): void {
    this.#own ??= reason;
    this.#giveUp(reason);
  }
}

function lateReturn(): DatabaseError {
  return new DatabaseError("outcome-unknown", "The function did not return in time after its last statement");
}

function ignore(): void {}

function beginOptions(options: RunTransactionOptions): BeginOptions {
  const { isolation, readOnly, lockTimeoutMs, deadline, isPooled } = options;
  const leftMs = options.setsServerDeadline || isPooled ? deadline.leftMs : Infinity;
  const allowedMs = options.statementTimeoutMs === 0 ? Infinity : options.statementTimeoutMs;
  const statementMs = isPooled ? Math.min(leftMs, allowedMs) : leftMs < allowedMs ? leftMs : Infinity;
  return {
    isolation,
    readOnly,
    lockTimeoutMs,
    transactionTimeoutMs: leftMs < Infinity ? leftMs + serverGraceMs : undefined,
    statementTimeoutMs: statementMs < Infinity ? statementMs : undefined,
  };
}
