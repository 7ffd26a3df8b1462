import type { ApiModule } from "../api_module.ts";
import { ErrorLog } from "./error_log.ts";
import type { Exchange } from "../request/exchange.ts";
import type { Logger } from "../logger.ts";
import { KNOWN_METHODS } from "../methods.ts";
import { Problem } from "../problem.ts";
import { instanceOf, type ProblemCatalog, problemResponse } from "./problem_response.ts";

/** What is needed to turn an error into an answer. */
export interface RecoveryOptions {
  readonly modules: readonly ApiModule[];
  readonly catalog: ProblemCatalog;
  readonly logger: Logger;
}

/** Gives the function that answers whatever was thrown on the way of a request. Nothing else makes problems of errors. */
export function createRecovery(options: RecoveryOptions): (error: unknown, exchange: Exchange) => Response {
  const { modules, catalog, logger } = options;
  const errors = new ErrorLog(logger);
  return function recover(error: unknown, exchange: Exchange): Response {
    const problem = toProblem(error, modules);
    const instance = instanceOf(exchange);
    exchange.problem = problem.slug;
    if (problem.status === 503 && exchange.request.signal.aborted) {
      // What was under way was cancelled for its client's sake: nothing is wrong, and nobody gets the answer.
      logger.info("The client of request {requestId} left before its answer", {
        requestId: exchange.requestId,
        traceId: exchange.traceId,
        method: exchange.method,
      });
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
 * Gives the function that answers what the state of things refuses: any 4xx but for what is wrong with the request by
 * itself. Undefined for every other error, which is to be thrown on.
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

/** Something else may be thrown, too. Where that was, nothing knows. */
function notAnError(thrown: unknown): Error {
  const error = new Error("Something that is not an Error was thrown", { cause: thrown });
  delete error.stack;
  return error;
}
