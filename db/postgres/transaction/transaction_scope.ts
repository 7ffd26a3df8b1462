import type { Observation } from "../../database_observer.ts";
import type { QueryOptions, QueryParameter, QueryResult, Transaction } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { withCallerStack } from "../connection/with_caller_stack.ts";
import type { Connection } from "../connection/connection.ts";
import { refuseTransactionControl } from "../connection/pool_querier.ts";
import type { TransactionDeadline } from "./transaction_deadline.ts";

/** Who watches a transaction. */
export interface TransactionWatch {
  readonly transaction: Observation;
  /** Begins to watch a statement in it. */
  statement(text: string): Observation | undefined;
}

/** What a transaction and the savepoints inside it share. */
export interface TransactionState {
  readonly connection: Connection;
  readonly deadline: TransactionDeadline;
  readonly watch: TransactionWatch | undefined;
  /** No more statements: it is being committed or rolled back. */
  over: boolean;
  savepoints: number;
  /** Statements that were not answered yet, whether anybody awaits them or not. */
  readonly running: Set<Promise<unknown>>;
}

/** A transaction, or a savepoint in it, as the function that runs in it sees it. */
export class TransactionScope implements Transaction {
  readonly #state: TransactionState;
  /** Why what was done here cannot be kept: the first statement that failed. */
  failure: DatabaseError | undefined;
  #hasSavepoint = false;
  #ended = false;

  constructor(state: TransactionState) {
    this.#state = state;
  }

  async query<R extends object>(
    text: string,
    parameters?: readonly QueryParameter[],
    options?: QueryOptions,
  ): Promise<QueryResult<R>> {
    this.#check();
    refuseTransactionControl(text);
    return await this.#send<R>(text, parameters, options?.signal);
  }

  async savepoint<T>(run: (tx: Transaction) => Promise<T>): Promise<T> {
    this.#check();
    const name = `archway_${++this.#state.savepoints}`;
    this.#hasSavepoint = true;
    const scope = new TransactionScope(this.#state);
    try {
      await this.#send(`SAVEPOINT ${name}`);
      try {
        const value = await run(scope);
        if (scope.failure !== undefined) throw scope.failure;
        scope.#ended = true;
        await this.#send(`RELEASE SAVEPOINT ${name}`);
        return value;
      } catch (error) {
        scope.#ended = true;
        // Its failure must not hide the first one; the transaction cannot go on after it.
        await this.#send(`ROLLBACK TO SAVEPOINT ${name}`).catch(() => undefined);
        throw error;
      }
    } finally {
      scope.#ended = true;
      this.#hasSavepoint = false;
    }
  }

  #check(): void {
    if (this.#ended || this.#state.over) {
      throw new DatabaseError("internal", "A transaction was used after its end");
    }
    if (this.#hasSavepoint) {
      throw new DatabaseError("internal", "A transaction was used beside its open savepoint");
    }
    if (this.failure !== undefined) throw this.failure;
  }

  async #send<R extends object>(
    text: string,
    parameters?: readonly QueryParameter[],
    own?: AbortSignal,
  ): Promise<QueryResult<R>> {
    const { connection, deadline, running, watch } = this.#state;
    const observation = watch?.statement(text);
    observation?.connected(connection.instance);
    const signal = own ? AbortSignal.any([own, deadline.signal]) : deadline.signal;
    const answer = connection.query<R>(text, parameters, { signal });
    running.add(answer);
    try {
      const result = await answer;
      observation?.ended({ rows: result.rowCount });
      return result;
    } catch (error) {
      this.failure ??= withCallerStack(this.#translate(error), text);
      observation?.ended({ error: this.failure });
      throw this.failure;
    } finally {
      running.delete(answer);
    }
  }

  /** Before COMMIT nothing is in doubt: what was not committed is rolled back. */
  #translate(error: unknown): DatabaseError {
    const reason: unknown = this.#state.deadline.signal.reason;
    if (reason instanceof DatabaseError) return reason;
    if (!(error instanceof DatabaseError)) {
      return new DatabaseError("internal", "The statement failed", { cause: error });
    }
    return error.code === "outcome-unknown"
      ? new DatabaseError("unavailable", "The connection was lost, and the transaction with it", {
        cause: error.cause,
      })
      : error;
  }
}
