import type { DatabaseObserver, Observation } from "../../database_observer.ts";
import type { Querier, QueryOptions, QueryParameter, QueryResult } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { refuseStatement } from "./refuse_statement.ts";
import { withCallerStack } from "./with_caller_stack.ts";
import type { Connection } from "./connection.ts";
import type { Connections } from "./connections.ts";
import type { StatementBehind } from "./response_behind.ts";
import { QuickStatements } from "./sent_statements.ts";
import { isRetryable } from "./retryable_error.ts";
import { readLost } from "./statement_errors.ts";

/** Observer of the statements sent to a server. */
export interface Watch {
  readonly observer: DatabaseObserver;
  /** Name of the server for the observer. */
  readonly instance: string;
}

/** Statement about to be sent, or that has ended. */
export interface SentText {
  readonly text: string;
  /** Whether it may write. */
  readonly isWrite: boolean;
  /** Signal of its caller. */
  readonly signal: AbortSignal | undefined;
}

/** Chooses statements to be sent behind others. */
export interface Followers {
  behind(sent: SentText): StatementBehind | undefined;
  /** Called before the caller learns that a statement has ended which had none behind it. */
  ended(sent: SentText): void;
}

/** Options of {@link PoolQuerier}. */
export interface PoolQuerierOptions {
  /** Statements behind those of callers; none if absent. */
  readonly followers?: Followers | undefined;
  /** Called when the server rejected a statement because it is read-only. */
  readonly onRefusedWrite: () => void;
  /** Observer of statements; disabled if absent. */
  readonly watch?: Watch | undefined;
}

/** Options of a statement and its observation. */
interface RunOptions extends QueryOptions {
  readonly observation?: Observation;
  /** Whether it must not wait for writes of others unless all connections are in use. */
  readonly isApart?: boolean;
}

interface FollowedStatement {
  readonly text: string;
  readonly parameters: readonly QueryParameter[] | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Querier that runs each statement on any available connection. */
export class PoolQuerier implements Querier {
  readonly #connections: Connections;
  readonly #options: PoolQuerierOptions;
  readonly #reads = new QuickStatements();

  constructor(connections: Connections, options: PoolQuerierOptions) {
    this.#connections = connections;
    this.#options = options;
  }

  /**
   * Querier whose statements do not join those of others, for use inside of transactions: a write that waits for a lock of
   * the transaction would block them, and they the transaction.
   */
  readonly apart: Querier = {
    query: (text, parameters, options) => this.#query(text, parameters, { ...options, isApart: true }),
  };

  query<R extends object>(
    text: string,
    parameters?: readonly QueryParameter[],
    options?: QueryOptions,
  ): Promise<QueryResult<R>> {
    return this.#query<R>(text, parameters, options);
  }

  #query<R extends object>(
    text: string,
    parameters: readonly QueryParameter[] | undefined,
    options: RunOptions | undefined,
  ): Promise<QueryResult<R>> {
    try {
      refuseStatement(text);
    } catch (error) {
      return Promise.reject(error);
    }
    const { watch } = this.#options;
    const observation = watch?.observer.statement(text, watch.instance);
    if (observation === undefined) return this.#run<R>(text, parameters, options);
    return observed(observation, this.#run<R>(text, parameters, { ...options, observation }));
  }

  #run<R extends object>(
    text: string,
    parameters: readonly QueryParameter[] | undefined,
    options: RunOptions | undefined,
  ): Promise<QueryResult<R>> {
    const signal = options?.signal;
    const reads = this.#reads;
    const { followers } = this.#options;
    return this.#connections.run((connection) => {
      options?.observation?.connected(connection.instance);
      if (followers !== undefined) {
        return this.#follow<R>(connection, followers, { text, parameters, signal });
      }
      return connection.query<R>(text, parameters, { signal, reads });
    }, { signal, quick: options?.isApart === true ? undefined : reads.quick(text) }).catch(
      (error: unknown) => {
        // The statement had no effect, so it can be sent again.
        if (isRetryable(error)) return this.#run<R>(text, parameters, options);
        if (error instanceof DatabaseError && error.sqlState === "25006") this.#options.onRefusedWrite();
        throw withCallerStack(error, text);
      },
    );
  }

  /** Sends a statement with what belongs behind it. */
  #follow<R extends object>(
    connection: Connection,
    followers: Followers,
    { text, parameters, signal }: FollowedStatement,
  ): Promise<QueryResult<R>> {
    const reads = this.#reads;
    const behind = followers.behind({ text, isWrite: reads.mayWrite(text), signal });
    const running = connection.query<R>(text, parameters, { signal, reads, behind });
    // Its text is known from its first result on.
    return behind === undefined
      ? running.finally(() => followers.ended({ text, isWrite: reads.mayWrite(text), signal }))
      : running;
  }
}

async function observed<R>(
  observation: Observation,
  running: Promise<QueryResult<R>>,
): Promise<QueryResult<R>> {
  try {
    const result = await running;
    observation.ended({ rows: result.rowCount });
    return result;
  } catch (error) {
    observation.ended({ error });
    throw error;
  }
}

/** Maximum number of attempts of a read. */
const maxRuns = 4;

/**
 * Querier for reads that retries on the same server when the connection is lost. The server may have closed one or all
 * connections and still be available.
 */
export class RetryingReader implements Querier {
  readonly #server: { readonly querier: Querier };

  constructor(server: { readonly querier: Querier }) {
    this.#server = server;
  }

  async query<R extends object>(
    text: string,
    parameters?: readonly QueryParameter[],
    options?: QueryOptions,
  ): Promise<QueryResult<R>> {
    for (let runs = 1;; runs++) {
      try {
        return await this.#server.querier.query<R>(text, parameters, options);
      } catch (error) {
        const isLost = error instanceof DatabaseError && error.code === "outcome-unknown";
        if (!isLost) throw error;
        if (runs === maxRuns) throw readLost(error);
      }
    }
  }
}
