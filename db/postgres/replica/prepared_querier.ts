import type { Querier, QueryOptions, QueryParameter, QueryResult } from "../../db.ts";
import type { Route } from "./reader_router.ts";
import { RoutedQuerier } from "./routed_querier.ts";

/** Querier for reads along a route that waits for something first, such as a replica that shows earlier writes. */
export class PreparedQuerier implements Querier {
  readonly #prepare: (options?: QueryOptions) => Promise<void>;
  readonly #routed: RoutedQuerier;
  #prepared: Promise<void> | undefined;

  constructor(route: Route, prepare: (options?: QueryOptions) => Promise<void>) {
    this.#prepare = prepare;
    this.#routed = new RoutedQuerier(route);
  }

  async query<R extends object>(
    text: string,
    parameters?: readonly QueryParameter[],
    options?: QueryOptions,
  ): Promise<QueryResult<R>> {
    // Once: after a timeout, further reads do not wait again.
    await (this.#prepared ??= this.#prepare(options));
    return await this.#routed.query<R>(text, parameters, options);
  }
}
