import type { ApiModule } from "../api_module.ts";
import type { Exchange } from "../request/exchange.ts";
import { Problem } from "../problem.ts";
import { createCatalog, instanceOf, problemResponse } from "../problems/problem_response.ts";

/** Returns the function that rejects a request with 503, without the log entry of other 503 responses. */
export function overloaded(modules: readonly ApiModule[]): (exchange: Exchange) => Response {
  const catalog = createCatalog(modules);
  return function refuse(exchange): Response {
    const problem = new Problem(503, "overloaded", {
      detail: "The service is over capacity; no changes were made",
      headers: { "Retry-After": "1" },
    });
    exchange.problem = problem.slug;
    return problemResponse(problem, exchange, { catalog, instance: instanceOf(exchange) });
  };
}
