import { DatabaseError, type DatabaseErrorCode } from "@archway/db/errors.ts";
import type { ProblemType } from "@archway/server/api_module.ts";
import { Problem } from "@archway/server/problem.ts";

const UNAVAILABLE: ProblemType = {
  slug: "database-unavailable",
  title: "Database unavailable",
  status: 503,
  detail:
    "The database is unreachable or does not accept writes. No changes were made. Retry after the number of seconds " +
    "in Retry-After.",
};

const SATURATED: ProblemType = {
  slug: "database-saturated",
  title: "Database saturated",
  status: 503,
  detail:
    "No database connection became free in time, or too many requests are waiting for one. No changes were made. " +
    "Retry after the number of seconds in Retry-After.",
};

const OUTCOME_UNKNOWN: ProblemType = {
  slug: "outcome-unknown",
  title: "Outcome unknown",
  status: 503,
  detail:
    "The connection to the database was lost before it confirmed the request, which may or may not have been " +
    "executed. A request with an Idempotency-Key can be repeated unchanged: it is executed once. Otherwise read the " +
    "resource first, or repeat the request with the same If-Match, which fails with 412 if it was executed.",
};

const TIMEOUT: ProblemType = {
  slug: "database-timeout",
  title: "Database timeout",
  status: 503,
  detail:
    "A statement exceeded its timeout and was cancelled. Retry later; before repeating a write, read the resource, " +
    "or repeat it with the same If-Match.",
};

const BUSY: ProblemType = {
  slug: "database-busy",
  title: "Database busy",
  status: 503,
  detail: "Transaction conflict; no changes were made. Retry.",
};

/** Types without Retry-After: clients must not retry them automatically. */
const NOT_RETRYABLE = new Set<ProblemType>([OUTCOME_UNKNOWN]);

/** Problem types by database error; all other errors are bugs of the program and become 500. */
const PROBLEMS: Partial<Record<DatabaseErrorCode, ProblemType>> = {
  unavailable: UNAVAILABLE,
  saturated: SATURATED,
  "outcome-unknown": OUTCOME_UNKNOWN,
  timeout: TIMEOUT,
  cancelled: TIMEOUT,
  conflict: BUSY,
};

/** Problem types of the database, common to all services. */
export const DATABASE_PROBLEM_TYPES: readonly ProblemType[] = [
  UNAVAILABLE,
  SATURATED,
  TIMEOUT,
  BUSY,
  OUTCOME_UNKNOWN,
];

/** Returns the problem for a database error; undefined for other errors. */
export function databaseProblem(error: unknown): Problem | undefined {
  const type = error instanceof DatabaseError ? PROBLEMS[error.code] : undefined;
  if (type === undefined) return undefined;
  const headers = NOT_RETRYABLE.has(type) ? {} : { "Retry-After": "1" };
  return new Problem(type.status, type.slug, { detail: type.detail, headers, cause: error });
}
