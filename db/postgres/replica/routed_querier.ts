import type { Querier, QueryOptions, QueryParameter, QueryResult } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { readLost } from "../connection/statement_errors.ts";
import type { ReadTarget, Route } from "./reader_router.ts";
import { toDatabaseError } from "../connection/to_database_error.ts";

/**
 * Querier for reads along a route, retried on the next server when one is lost. It stays with its replica, for consistent
 * consecutive reads, while that is available.
 */
export class RoutedQuerier implements Querier {
  readonly #route: Route;
  #target: ReadTarget | undefined;

  constructor(route: Route) {
    this.#route = route;
  }

  async query<R extends object>(
    text: string,
    parameters?: readonly QueryParameter[],
    options?: QueryOptions,
  ): Promise<QueryResult<R>> {
    let target = this.#target;
    if (target === undefined || !this.#route.canStay(target)) target = this.#target = this.#route.first();
    const tried = [target];
    while (true) {
      const { querier } = target;
      try {
        return await querier.query<R>(text, parameters, options);
      } catch (error) {
        const failure = toDatabaseError(error);
        if (failure.sqlState === "25006" && target.health !== undefined) throw refusedWrite(failure);
        if (isLost(failure)) target.reportFailure(querier);
        else if (failure.code !== "conflict" || target.health === undefined) throw failure;
        // A conflict on a replica: replay has removed rows that the read needs (SQLSTATE 40001).
        const next = this.#route.next(tried);
        if (next === undefined) throw isLost(failure) ? readLost(failure) : failure;
        tried.push(next);
        this.#target = target = next;
      }
    }
  }
}

function isLost({ code }: DatabaseError): boolean {
  return code === "unavailable" || code === "outcome-unknown";
}

function refusedWrite(error: DatabaseError): DatabaseError {
  return new DatabaseError("internal", "A reader received a statement that writes: use a writer", {
    cause: error.cause,
    ...error.logFields,
  });
}
