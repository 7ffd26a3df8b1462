import { type ExecutionResult, GraphQLError } from "graphql";
import type { CallProblem, OperationCalls } from "@archway/server/operation_calls.ts";
import type { RequestContext } from "@archway/server/request_context.ts";
import { ReportedProblem } from "../execution/request_state.ts";
import { FieldFailure } from "../schema/arguments.ts";
import { detailOf, violationsOf } from "../schema/problem_types.ts";

/**
 * Returns the errors of a result as clients receive them. Those of resolvers become problems, in `extensions`; failures of
 * the server are logged, and have no details.
 */
function formatErrors(
  errors: readonly GraphQLError[],
  { calls, context }: { readonly calls: OperationCalls; readonly context: RequestContext },
): readonly GraphQLError[] {
  const seen = new Map<unknown, CallProblem>();
  return errors.map((error) => {
    const { nodes, path } = error;
    if (error.cause === undefined || error.cause instanceof GraphQLError) return error;
    const { cause, places } = error.cause instanceof FieldFailure
      ? error.cause
      : { cause: error.cause, places: [] };
    const known = cause instanceof ReportedProblem ? cause.found : seen.get(cause);
    const found = known ?? calls.problemOf(cause, context);
    // Readers of one batch fail with one error, which is logged once.
    seen.set(cause, found);
    const { problem, headers } = found;
    const retryAfter = headers.get("Retry-After");
    const { type, title, status, instance, requestId } = problem;
    const detail = detailOf(problem);
    const violations = violationsOf({ problem, places });
    return new GraphQLError(detail ?? title, {
      nodes: nodes ?? null,
      path: path ?? null,
      extensions: {
        ...{ code: errorCode(status), type, title, status, instance, requestId },
        ...(violations.length > 0 && { violations }),
        ...(retryAfter !== null && { retryAfter: Number(retryAfter) }),
      },
    });
  });
}

/** Returns a result with the errors as clients receive them. */
export function formatResult(
  result: ExecutionResult,
  options: { readonly calls: OperationCalls; readonly context: RequestContext },
): ExecutionResult {
  return result.errors === undefined ? result : { ...result, errors: formatErrors(result.errors, options) };
}

/** Codes by status, as clients of other servers know them. */
const CODES: Readonly<Record<number, string>> = {
  400: "BAD_USER_INPUT",
  401: "UNAUTHENTICATED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  422: "BAD_USER_INPUT",
};

function errorCode(status: number): string {
  return CODES[status] ?? (status >= 500 ? "INTERNAL_SERVER_ERROR" : "BAD_REQUEST");
}
