import type { Querier, QueryOptions, QueryParameter, QueryResult } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { readLost } from "../connection/statement_errors.ts";
import type { ReadTarget, Route } from "./reader_router.ts";
import { toDatabaseError } from "../connection/to_database_error.ts";

/**
 * Runs reads where a route leads, and again elsewhere when the server was lost under them: what only reads can be
 * repeated. It stays with its replica, so that what is read one after the other comes from one server, unless that
 * one takes no reads any more.
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
    if (target === undefined || !this.#route.keeps(target)) target = this.#target = this.#route.first();
    const tried = [target];
    while (true) {
      const { querier } = target;
      try {
        return await querier.query<R>(text, parameters, options);
      } catch (error) {
        const fault = toDatabaseError(error);
        if (fault.sqlState === "25006" && target.health !== undefined) throw refusedWrite(fault);
        if (isLost(fault)) target.fault(querier);
        else if (fault.code !== "conflict" || target.health === undefined) throw fault;
        // A conflict on a replica: what the read looked at was removed by the replay (SQLSTATE 40001).
        const next = this.#route.next(tried);
        if (next === undefined) throw isLost(fault) ? readLost(fault) : fault;
        tried.push(next);
        this.#target = target = next;
      }
    }
  }
}

function isLost({ code }: DatabaseError): boolean {
  return code === "unavailable" || code === "outcome-unknown";
}

function refusedWrite(fault: DatabaseError): DatabaseError {
  return new DatabaseError("internal", "A statement that writes was given to a reader", {
    cause: fault.cause,
    ...fault.logFields,
  });
}
