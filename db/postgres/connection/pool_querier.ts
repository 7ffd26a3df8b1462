import type { DatabaseObserver, Observation } from "../../database_observer.ts";
import type { Querier, QueryOptions, QueryParameter, QueryResult } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { withCallerStack } from "./with_caller_stack.ts";
import type { Connections } from "./connections.ts";
import { QuickReads } from "./sent_statements.ts";
import { isRetryable } from "./retryable_error.ts";
import { readLost } from "./statement_errors.ts";

/** Who watches the statements that go to a server. */
export interface Watch {
  readonly observer: DatabaseObserver;
  /** What the observer is told that the server is called. */
  readonly instance: string;
}

/** How a {@link PoolQuerier} works. */
export interface PoolQuerierOptions {
  /** Called when the server refused a statement because it does not accept writes. */
  readonly onRefusedWrite: () => void;
  /** Absent: nobody watches. */
  readonly watch?: Watch | undefined;
}

/** How one statement is run, and who follows it. */
interface RunOptions extends QueryOptions {
  readonly observation?: Observation;
}

/** A Querier that runs each statement on whichever connection is free. */
export class PoolQuerier implements Querier {
  readonly #connections: Connections;
  readonly #options: PoolQuerierOptions;
  readonly #reads = new QuickReads();

  constructor(connections: Connections, options: PoolQuerierOptions) {
    this.#connections = connections;
    this.#options = options;
  }

  query<R extends object>(
    text: string,
    parameters?: readonly QueryParameter[],
    options?: QueryOptions,
  ): Promise<QueryResult<R>> {
    try {
      refuseTransactionControl(text);
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
    return this.#connections.run((connection) => {
      options?.observation?.connected(connection.instance);
      return connection.query<R>(text, parameters, { signal, reads });
    }, { signal, isQuick: reads.isQuick(text) }).catch((error: unknown) => {
      // It did nothing, so it can be sent again.
      if (isRetryable(error)) return this.#run<R>(text, parameters, options);
      if (error instanceof DatabaseError && error.sqlState === "25006") this.#options.onRefusedWrite();
      throw withCallerStack(error, text);
    });
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

/** How a statement begins that would begin or end a transaction (PostgreSQL, "SQL Commands"). */
const control =
  /^\s*(?:begin|start\s+transaction|commit|end|abort|rollback|savepoint|release|prepare\s+transaction)\b/i;

/**
 * Throws "internal" for a statement that would begin or end a transaction behind the pool's back: the connection would
 * go to the next caller with an open one, or the rest of a transaction would run outside of it.
 */
export function refuseTransactionControl(text: string): void {
  if (!control.test(text)) return;
  throw new DatabaseError("internal", "Transactions are begun and ended by withTx(), not by statements");
}

/** How often a read is sent at most. */
const maxRuns = 4;

/**
 * Runs reads on one server, and again when their connection was lost under them: the server may have closed one
 * connection, or all of them, and still be there.
 */
export class RepeatingReader implements Querier {
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
