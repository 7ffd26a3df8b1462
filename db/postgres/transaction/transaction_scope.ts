import type { Observation } from "../../database_observer.ts";
import type { QueryOptions, QueryParameter, QueryResult, Transaction } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { withCallerStack } from "../connection/with_caller_stack.ts";
import type { Connection } from "../connection/connection.ts";
import { refuseStatement } from "../connection/refuse_statement.ts";
import type { TransactionDeadline } from "./transaction_deadline.ts";

/** Observer of a transaction. */
export interface TransactionWatch {
  readonly transaction: Observation;
  /** Starts the observation of a statement. */
  statement(text: string): Observation | undefined;
}

/** State shared by a transaction and its savepoints. */
export interface TransactionState {
  readonly connection: Connection;
  readonly deadline: TransactionDeadline;
  readonly watch: TransactionWatch | undefined;
  /** Whether it is being committed or rolled back, so that statements are rejected. */
  over: boolean;
  savepoints: number;
  /** Statements without a response yet, awaited or not. */
  readonly running: Set<Promise<unknown>>;
}

/** Transaction or savepoint as passed to its function. */
export class TransactionScope implements Transaction {
  readonly #state: TransactionState;
  /** First failed statement, because of which the transaction cannot be committed. */
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
    refuseStatement(text);
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
        // The error of the rollback must not hide the first one, which also ends the transaction.
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
      throw new DatabaseError("internal", "The transaction was used after its end");
    }
    if (this.#hasSavepoint) {
      throw new DatabaseError(
        "internal",
        "The transaction was used during an open savepoint: use the savepoint",
      );
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
    const response = connection.query<R>(text, parameters, { signal });
    running.add(response);
    try {
      const result = await response;
      observation?.ended({ rows: result.rowCount });
      return result;
    } catch (error) {
      this.failure ??= withCallerStack(this.#translate(error), text);
      observation?.ended({ error: this.failure });
      throw this.failure;
    } finally {
      running.delete(response);
    }
  }

  /** Before COMMIT the outcome is never in doubt: everything is rolled back. */
  #translate(error: unknown): DatabaseError {
    const reason: unknown = this.#state.deadline.signal.reason;
    if (reason instanceof DatabaseError) return reason;
    if (!(error instanceof DatabaseError)) {
      return new DatabaseError("internal", "The statement failed", { cause: error });
    }
    return error.code === "outcome-unknown"
      ? new DatabaseError("unavailable", "The connection was lost and the transaction rolled back", {
        cause: error.cause,
      })
      : error;
  }
}
