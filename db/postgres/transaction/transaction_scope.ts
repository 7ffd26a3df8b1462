import type { Observation } from "../../database_observer.ts";
import type { QueryOptions, QueryParameter, QueryResult, RowCopy, Transaction } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { withCallerStack } from "../connection/with_caller_stack.ts";
import { refuseStatement } from "../connection/refuse_statement.ts";
import { TransactionCopy } from "./transaction_copy.ts";
import type { TransactionDeadline } from "./transaction_deadline.ts";
import {
  BeginError,
  transactionOver,
  type TransactionSession,
  type TransactionStatement,
} from "./transaction_session.ts";

/** Observer of a transaction. */
export interface TransactionWatch {
  readonly transaction: Observation;
  /** Starts the observation of a statement. */
  statement(text: string): Observation | undefined;
}

/** Options of {@link TransactionScope}. */
export interface TransactionScopeOptions {
  readonly deadline: TransactionDeadline;
  readonly watch: TransactionWatch | undefined;
  /** @default false */
  readonly isSavepoint?: boolean;
}

/** Transaction or savepoint as passed to its function. */
export class TransactionScope implements Transaction {
  readonly #session: TransactionSession;
  readonly #options: TransactionScopeOptions;
  /** First failed statement, because of which the transaction cannot be committed. */
  failure: DatabaseError | undefined;
  /** Called when no statement of it waits for its response any more. */
  onIdle: (() => void) | undefined;
  /** Number of statements whose outcome has not arrived at their callers. */
  #pending = 0;
  #hasSavepoint = false;
  #ended = false;

  constructor(session: TransactionSession, options: TransactionScopeOptions) {
    this.#session = session;
    this.#options = options;
  }

  /** Whether no statement of it waits for its response. */
  get isIdle(): boolean {
    return this.#pending === 0;
  }

  query<R extends object>(
    text: string,
    parameters?: readonly QueryParameter[],
    options?: QueryOptions,
  ): Promise<QueryResult<R>> {
    try {
      this.#check();
      refuseStatement(text);
    } catch (error) {
      return Promise.reject(error);
    }
    // A savepoint ends before its transaction.
    const isLast = options?.last === true && this.#options.isSavepoint !== true;
    return this.#send<R>({ text, parameters, signal: options?.signal, isLast });
  }

  async savepoint<T>(run: (tx: Transaction) => Promise<T>): Promise<T> {
    this.#check();
    const name = `archway_${++this.#session.savepoints}`;
    this.#hasSavepoint = true;
    const scope = new TransactionScope(this.#session, { ...this.#options, isSavepoint: true });
    try {
      await this.#send({ text: `SAVEPOINT ${name}` });
      try {
        const value = await run(scope);
        if (scope.failure !== undefined) throw scope.failure;
        scope.#ended = true;
        await this.#send({ text: `RELEASE SAVEPOINT ${name}` });
        return value;
      } catch (error) {
        scope.#ended = true;
        // The error of the rollback must not hide the first one, which also ends the transaction.
        await this.#send({ text: `ROLLBACK TO SAVEPOINT ${name}` }).catch(() => undefined);
        throw error;
      }
    } finally {
      scope.#ended = true;
      this.#hasSavepoint = false;
    }
  }

  get rowCopy(): RowCopy | undefined {
    const { connection } = this.#session;
    const { copy } = connection;
    if (copy === undefined) return undefined;
    return new TransactionCopy(copy, connection, {
      begin: () => this.query("SELECT"),
      run: (text, start) => this.#run(text, { start, count: (rows) => rows }),
    });
  }

  #check(): void {
    if (this.#ended || this.#session.isOver) throw transactionOver();
    if (this.#hasSavepoint) {
      throw new DatabaseError(
        "internal",
        "The transaction was used during an open savepoint: use the savepoint",
      );
    }
    if (this.failure !== undefined) throw this.failure;
  }

  #send<R extends object>(statement: TransactionStatement): Promise<QueryResult<R>> {
    return this.#run(statement.text, { start: () => this.#session.send<R>(statement), count: rowCountOf });
  }

  /** Runs a statement, whose error fails the transaction. */
  #run<T>(
    text: string,
    { start, count }: { readonly start: () => Promise<T>; readonly count: (result: T) => number },
  ): Promise<T> {
    const observation = this.#options.watch?.statement(text);
    observation?.connected(this.#session.connection.instance);
    this.#pending++;
    return start().then((result) => {
      observation?.ended({ rows: count(result) });
      this.#settled();
      return result;
    }, (error: unknown) => {
      this.failure ??= this.#translate(error, text);
      observation?.ended({ error: this.failure });
      this.#settled();
      throw this.failure;
    });
  }

  #settled(): void {
    if (--this.#pending === 0) this.onIdle?.();
  }

  #translate(error: unknown, text: string): DatabaseError {
    if (error instanceof BeginError) return withCallerStack(error.error, "BEGIN");
    const { deadline } = this.#options;
    const { committing } = this.#session;
    const isLost = error instanceof DatabaseError && error.code === "outcome-unknown";
    // With COMMIT behind it, a lost connection leaves the outcome in doubt, whatever else has happened.
    if (isLost && committing !== undefined) return withCallerStack(error, text);
    if (deadline.reason !== undefined) return withCallerStack(deadline.reason, text);
    if (!(error instanceof DatabaseError)) {
      return withCallerStack(new DatabaseError("internal", "The statement failed", { cause: error }), text);
    }
    return withCallerStack(isLost ? rolledBack(error) : error, text);
  }
}

function rowCountOf({ rowCount }: QueryResult<object>): number {
  return rowCount;
}

/** Converts the error of a connection that was lost before COMMIT: everything is rolled back. */
function rolledBack({ cause }: DatabaseError): DatabaseError {
  const message = "The connection was lost and the transaction rolled back";
  return new DatabaseError("unavailable", message, { cause });
}
