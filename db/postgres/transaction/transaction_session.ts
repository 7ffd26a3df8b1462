import type { QueryParameter, QueryResult } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import type { Connection } from "../connection/connection.ts";
import type { Followers } from "../connection/pool_querier.ts";
import type { LeadingStatement } from "../connection/driver_session.ts";
import type { SentStatement } from "../connection/sent_statements.ts";
import { statementCancelled } from "../connection/statement_errors.ts";
import { toDatabaseError } from "../connection/to_database_error.ts";
import { type BeginOptions, beginStatement, beginStatements } from "./begin_statement.ts";

/** Options of {@link TransactionSession}. */
export interface TransactionSessionOptions {
  /** Returns the settings of BEGIN, when it is sent. */
  readonly begin: () => BeginOptions;
  /** Statements behind the COMMIT; none if absent. */
  readonly followers?: Followers | undefined;
  /** Signal of the caller. */
  readonly signal?: AbortSignal | undefined;
  /** @default false */
  readonly readOnly?: boolean | undefined;
}

/** Statement of a transaction. */
export interface TransactionStatement {
  readonly text: string;
  readonly parameters?: readonly QueryParameter[] | undefined;
  /** Cancels the statement, and so the transaction. */
  readonly signal?: AbortSignal | undefined;
  /** Whether COMMIT is sent directly behind it. */
  readonly isLast?: boolean;
}

/** Error of BEGIN, which the statement behind it reports. */
export class BeginError {
  constructor(readonly error: DatabaseError) {}
}

/** Receives the outcome of a statement. */
interface Outcome<R extends object> {
  readonly resolve: (result: QueryResult<R>) => void;
  readonly reject: (reason: unknown) => void;
}

/** Statement without a response yet. */
interface Running {
  sent: SentStatement | undefined;
  readonly reject: (reason: unknown) => void;
}

/**
 * Statements of one transaction on its connection. BEGIN travels in front of the first statement, without a Sync in
 * between: if it fails, the server skips the statement, which would run outside of a transaction otherwise. Statements
 * behind have a Sync of their own, so they wait for that response. A driver that cannot do so waits for BEGIN itself.
 */
export class TransactionSession {
  readonly connection: Connection;
  /** Number of savepoints so far. */
  savepoints = 0;
  /** Whether it is being committed or rolled back, so that statements are rejected. */
  isOver = false;
  /** Outcome of COMMIT, once that is sent. */
  committing: Promise<void> | undefined;
  readonly #options: TransactionSessionOptions;
  readonly #running = new Set<Running>();
  /** Statements that wait for BEGIN. */
  #held: { readonly post: () => void; readonly reject: (reason: unknown) => void }[] = [];
  #state: "new" | "beginning" | "begun" = "new";
  /** Reason why nothing more is sent. */
  #refusal: unknown;

  constructor(connection: Connection, options: TransactionSessionOptions) {
    this.connection = connection;
    this.#options = options;
  }

  /** Whether the server may have a transaction. */
  get isBegun(): boolean {
    return this.#state !== "new";
  }

  /** Sends a statement. Rejects with a {@link BeginError} if BEGIN failed. */
  send<R extends object>(statement: TransactionStatement): Promise<QueryResult<R>> {
    // Its connection may have been passed on, with a savepoint of the same name.
    if (this.isOver) return Promise.reject(transactionOver());
    if (statement.isLast === true) this.isOver = true;
    return new Promise((resolve, reject) => {
      const outcome = { resolve, reject };
      if (this.#refusal !== undefined) return reject(this.#refusal);
      if (this.#state === "begun") return this.#post<R>(statement, outcome);
      if (this.#state === "new") {
        const options = this.#options.begin();
        if (this.connection.canLead) return this.#post<R>(statement, outcome, beginStatements(options));
        this.#begin(beginStatement(options));
      }
      this.#held.push({ post: () => this.#post<R>(statement, outcome), reject });
    });
  }

  /** Sends COMMIT behind the statements in flight. If one of them fails, the server rolls back instead. */
  commit(): Promise<void> {
    this.isOver = true;
    const { followers, signal, readOnly = false } = this.#options;
    const sent = { text: "COMMIT", isWrite: !readOnly, signal };
    const behind = followers?.behind(sent);
    const ended = (): void => {
      if (behind === undefined) followers?.ended(sent);
    };
    const outcome = this.connection.query("COMMIT", [], { behind }).then(ended, (error: unknown) => {
      ended();
      throw commitError(error);
    });
    // It is reported later, or is that of a statement.
    outcome.catch(ignore);
    return this.committing = outcome;
  }

  /** Sends ROLLBACK. Closes the connection if that fails. Never rejects. */
  async rollback(): Promise<void> {
    this.isOver = true;
    if (!this.isBegun) return;
    const { followers, signal } = this.#options;
    const sent = { text: "ROLLBACK", isWrite: false, signal };
    // Its caller may have seen commits of others.
    followers?.behind(sent);
    followers?.ended(sent);
    try {
      await this.connection.query("ROLLBACK");
    } catch {
      await this.connection.close();
    }
  }

  /** Cancels the statements in flight on the server. Without COMMIT behind them they reject now. */
  abort(reason: DatabaseError): void {
    this.#release(reason);
    for (const { sent, reject } of [...this.#running]) {
      this.connection.abort(sent);
      if (this.committing === undefined) reject(reason);
    }
  }

  #begin(text: string): void {
    this.#state = "beginning";
    this.connection.script(text).then(
      () => this.#release(),
      (error: unknown) => this.#release(new BeginError(toDatabaseError(error))),
    );
  }

  /** Sends the statements that wait for BEGIN, or rejects them. */
  #release(reason?: unknown): void {
    if (reason === undefined) this.#state = "begun";
    else this.#refusal = reason;
    const held = this.#held;
    if (held.length === 0) return;
    this.#held = [];
    for (const { post, reject } of held) {
      if (reason === undefined) post();
      else reject(reason);
    }
  }

  #post<R extends object>(
    statement: TransactionStatement,
    { resolve, reject }: Outcome<R>,
    leading?: readonly LeadingStatement[],
  ): void {
    const { text, parameters, signal, isLast } = statement;
    const { connection } = this;
    if (signal?.aborted) return reject(statementCancelled(signal));
    const running: Running = { sent: undefined, reject };
    let isSettled = false;
    const onAbort = signal && ((): void => {
      connection.abort(running.sent);
      // With COMMIT behind it, only its response shows what has happened.
      if (this.committing === undefined) reject(statementCancelled(signal));
    });
    const end = (): void => {
      isSettled = true;
      this.#running.delete(running);
      if (onAbort !== undefined) signal?.removeEventListener("abort", onAbort);
    };
    this.#running.add(running);
    if (onAbort !== undefined) signal?.addEventListener("abort", onAbort);
    if (leading !== undefined) this.#state = "beginning";
    running.sent = connection.send<R>(text, parameters, {
      leading,
      onResult: (result) => {
        end();
        resolve(result);
        if (leading !== undefined) this.#release();
      },
      onError: (error, failed) => {
        end();
        const isOfBegin = failed !== undefined && error instanceof DatabaseError;
        const cause = isOfBegin ? new BeginError(error) : cancelledBy(signal, error) ?? error;
        reject(cause);
        if (leading !== undefined) this.#release(isOfBegin ? cause : undefined);
      },
    });
    // It could not be sent, and so neither was BEGIN.
    if (isSettled && leading !== undefined) this.#state = "new";
    if (!isSettled && isLast === true) void this.commit();
  }
}

/** Returns the error of a statement behind the end of its transaction. */
export function transactionOver(): DatabaseError {
  return new DatabaseError("internal", "The transaction was used after its end");
}

/** Returns the error of a statement that the server has stopped for its caller. */
function cancelledBy(signal: AbortSignal | undefined, error: unknown): DatabaseError | undefined {
  const isStopped = error instanceof DatabaseError && error.sqlState === "57014";
  return isStopped && signal?.aborted === true ? statementCancelled(signal) : undefined;
}

/** Converts the error of COMMIT: a session that the server ends may have been committed before. */
function commitError(error: unknown): unknown {
  const isEnded = error instanceof DatabaseError && error.sqlState?.startsWith("57P") === true;
  if (!isEnded) return error;
  return new DatabaseError("outcome-unknown", "The server ended the session during COMMIT", {
    cause: error.cause,
    sqlState: error.sqlState,
  });
}

function ignore(): void {}
