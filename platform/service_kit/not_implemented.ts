import { Problem } from "@archway/server/problem.ts";

/**
 * Handler of an operation that is not written yet: responds with 501. It satisfies the type of every operation, so that a
 * service can start with some of a document's operations.
 */
export async function notImplemented(): Promise<never> {
  throw await Promise.resolve(notImplementedProblem());
}

/** Returns the problem of an operation that is not written yet. */
export function notImplementedProblem(): Problem {
  return new Problem(501, "not-implemented", { detail: "The operation is not implemented yet" });
}
