import { DatabaseError, type DatabaseErrorCode } from "@archway/db/errors.ts";
import type { ProblemType } from "@archway/server/api_module.ts";
import { Problem } from "@archway/server/problem.ts";

const UNAVAILABLE: ProblemType = {
  slug: "database-unavailable",
  title: "Database unavailable",
  status: 503,
  detail:
    "The database cannot be reached or does not take writes now. Nothing was done: repeat the request after " +
    "the seconds in Retry-After.",
};

const SATURATED: ProblemType = {
  slug: "database-saturated",
  title: "Database saturated",
  status: 503,
  detail:
    "More requests wait for the database than it can serve. Nothing was done: repeat the request after the " +
    "seconds in Retry-After.",
};

const OUTCOME_UNKNOWN: ProblemType = {
  slug: "outcome-unknown",
  title: "Outcome unknown",
  status: 503,
  detail:
    "The connection to the database was lost before it said what became of the request: it may have been done " +
    "or not. Read what is there before the request is repeated, or repeat it under the same If-Match: where it was " +
    "done, that fails with 412. With an Idempotency-Key repeat it as it was: it is done once.",
};

const TIMEOUT: ProblemType = {
  slug: "database-timeout",
  title: "Database too slow",
  status: 503,
  detail:
    "The database did not answer in time, and was told to stop. Repeat the request later; a write only after " +
    "reading what became of it, or under the same If-Match.",
};

const BUSY: ProblemType = {
  slug: "database-busy",
  title: "Database busy",
  status: 503,
  detail: "Two requests met and this one gave way; nothing of it was kept. Repeat it.",
};

/** Who repeats a request by itself must not repeat this one. */
const UNREPEATABLE = new Set<ProblemType>([OUTCOME_UNKNOWN]);

/** Which fault of the database a client can wait out. Every other one is the program's own: 500. */
const PROBLEMS: Partial<Record<DatabaseErrorCode, ProblemType>> = {
  unavailable: UNAVAILABLE,
  saturated: SATURATED,
  "outcome-unknown": OUTCOME_UNKNOWN,
  timeout: TIMEOUT,
  cancelled: TIMEOUT,
  conflict: BUSY,
};

/** The problem types of the database, the same in every service's error table. */
export const DATABASE_PROBLEM_TYPES: readonly ProblemType[] = [
  UNAVAILABLE,
  SATURATED,
  TIMEOUT,
  BUSY,
  OUTCOME_UNKNOWN,
];

/** The problem a client is told for a fault of the database; undefined: it is no such fault. */
export function databaseProblem(error: unknown): Problem | undefined {
  const type = error instanceof DatabaseError ? PROBLEMS[error.code] : undefined;
  if (type === undefined) return undefined;
  const headers = UNREPEATABLE.has(type) ? {} : { "Retry-After": "1" };
  return new Problem(type.status, type.slug, { headers, cause: error });
}
