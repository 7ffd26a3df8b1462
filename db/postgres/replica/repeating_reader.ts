import type { Querier, QueryOptions, QueryParameter, QueryResult } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { readLost } from "../connection/statement_faults.ts";

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
