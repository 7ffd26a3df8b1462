import type { ApiModule } from "../api_module.ts";
import { ErrorLog } from "./error_log.ts";
import type { Exchange } from "../request/exchange.ts";
import type { Logger } from "../logger.ts";
import { KNOWN_METHODS } from "../methods.ts";
import { Problem } from "../problem.ts";
import { instanceOf, type ProblemCatalog, problemResponse } from "./problem_response.ts";

/** Dependencies of the error recovery. */
export interface RecoveryOptions {
  readonly modules: readonly ApiModule[];
  readonly catalog: ProblemCatalog;
  readonly logger: Logger;
}

/** Returns the function that turns every error of a request into a problem response. */
export function createRecovery(options: RecoveryOptions): (error: unknown, exchange: Exchange) => Response {
  const { modules, catalog, logger } = options;
  const errors = new ErrorLog(logger);
  return function recover(error: unknown, exchange: Exchange): Response {
    const problem = toProblem(error, modules);
    const instance = instanceOf(exchange);
    exchange.problem = problem.slug;
    if (problem.status === 503 && exchange.request.signal.aborted) {
      // Its client disconnected and so cancelled the work; that is no failure.
      logger.info("Client disconnected before the response to request {requestId}", {
        requestId: exchange.requestId,
        traceId: exchange.traceId,
        method: exchange.method,
      });
    } else if (problem.status === 503 && exchange.hasEnded) {
      // Cancelled work of a request whose deadline has passed, which is logged.
    } else if (problem.status >= 500 && problem.status !== 501) {
      errors.failed(problem.slug, {
        requestId: exchange.requestId,
        traceId: exchange.traceId,
        instance,
        method: KNOWN_METHODS.has(exchange.method) ? exchange.method : "_OTHER",
        route: exchange.route,
        status: problem.status,
        type: problem.slug,
        error: error instanceof Error ? error : notAnError(error),
      });
    }
    return problemResponse(problem, exchange, { catalog, instance });
  };
}

/**
 * Returns the function that turns an error caused by the current state into a response. These are all 4xx problems
 * except validation errors. The function returns undefined for every other error, which the caller rethrows.
 */
export function createRefusals(
  { modules, catalog }: Omit<RecoveryOptions, "logger">,
): (error: unknown, exchange: Exchange) => Response | undefined {
  return function refuse(error, exchange): Response | undefined {
    const problem = toProblem(error, modules);
    const validation = catalog.get(problem.slug)?.validation ?? false;
    if (problem.status >= 500 || validation) return undefined;
    exchange.problem = problem.slug;
    return problemResponse(problem, exchange, { catalog, instance: instanceOf(exchange) });
  };
}

function toProblem(error: unknown, modules: readonly ApiModule[]): Problem {
  if (error instanceof Problem) return error;
  for (const module of modules) {
    const problem = module.problemOf(error);
    if (problem !== undefined) return problem;
  }
  return new Problem(500, "internal-error", { cause: error });
}

/** Wraps a thrown value that is not an Error; its own stack would point here, so it has none. */
function notAnError(thrown: unknown): Error {
  const error = new Error("Something that is not an Error was thrown", { cause: thrown });
  delete error.stack;
  return error;
}
