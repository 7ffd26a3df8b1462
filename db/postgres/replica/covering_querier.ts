import type { Querier, QueryOptions, QueryParameter, QueryResult } from "../../db.ts";
import type { CoveringRoute } from "./covering_route.ts";
import { RoutedQuerier } from "./routed_querier.ts";

/** Querier for reads that must see earlier writes: see {@link CoveringRoute}. */
export class CoveringQuerier implements Querier {
  readonly #route: CoveringRoute;
  readonly #routed: RoutedQuerier;
  #prepared: Promise<void> | undefined;

  constructor(route: CoveringRoute) {
    this.#route = route;
    this.#routed = new RoutedQuerier(route);
  }

  async query<R extends object>(
    text: string,
    parameters?: readonly QueryParameter[],
    options?: QueryOptions,
  ): Promise<QueryResult<R>> {
    // Once: after a timeout, further reads do not wait again.
    await (this.#prepared ??= this.#route.prepare(options));
    return await this.#routed.query<R>(text, parameters, options);
  }
}
