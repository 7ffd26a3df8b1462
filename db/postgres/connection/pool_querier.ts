import type { Querier, QueryOptions, QueryParameter, QueryResult } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import type { Connections } from "./connections.ts";
import { refuseTransactionControl } from "./refuse_transaction_control.ts";
import { isRetryable } from "./retryable_error.ts";

/** A Querier that runs each statement on whichever connection is free. */
export class PoolQuerier implements Querier {
  readonly #connections: Connections;
  /** Called when the server refused a statement because it does not accept writes. */
  readonly #onRefusedWrite: () => void;

  constructor(connections: Connections, { onRefusedWrite }: { readonly onRefusedWrite: () => void }) {
    this.#connections = connections;
    this.#onRefusedWrite = onRefusedWrite;
  }

  query<R extends object>(
    text: string,
    parameters?: readonly QueryParameter[],
    options?: QueryOptions,
  ): Promise<QueryResult<R>> {
    const signal = options?.signal;
    try {
      refuseTransactionControl(text);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#connections.run((connection) => connection.query<R>(text, parameters, signal), signal).catch(
      (error: unknown) => {
        // It did nothing, so it can be sent again.
        if (isRetryable(error)) return this.query<R>(text, parameters, options);
        if (error instanceof DatabaseError && error.sqlState === "25006") this.#onRefusedWrite();
        throw error;
      },
    );
  }
}
