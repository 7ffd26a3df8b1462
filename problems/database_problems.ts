import { DatabaseError, type DatabaseErrorCode } from "../db/errors.ts";
import type { ProblemType } from "../server/api_module.ts";
import { Problem } from "../server/problem.ts";

const UNAVAILABLE: ProblemType = {
  slug: "database-unavailable",
  title: "Database unavailable",
  status: 503,
  explanation:
    "The database cannot be reached or does not take writes now. Repeat the request after the seconds in " +
    "Retry-After; a write only after reading what became of it, or under If-Match.",
};

const TIMEOUT: ProblemType = {
  slug: "database-timeout",
  title: "Database too slow",
  status: 503,
  explanation:
    "The database did not answer in time, and what was begun was undone. Repeat the request later.",
};

const BUSY: ProblemType = {
  slug: "database-busy",
  title: "Database busy",
  status: 503,
  explanation: "Two requests met and this one gave way; nothing of it was kept. Repeat it.",
};

/** Which fault of the database a client can wait out. Every other one is the program's own: 500. */
const PROBLEMS: Partial<Record<DatabaseErrorCode, ProblemType>> = {
  unavailable: UNAVAILABLE,
  timeout: TIMEOUT,
  cancelled: TIMEOUT,
  conflict: BUSY,
};

/** The problem types of the database, the same in every service's error table. */
export const DATABASE_PROBLEM_TYPES: readonly ProblemType[] = [UNAVAILABLE, TIMEOUT, BUSY];

/** The problem a client is told for a fault of the database; undefined: it is no such fault. */
export function databaseProblem(error: unknown): Problem | undefined {
  const type = error instanceof DatabaseError ? PROBLEMS[error.code] : undefined;
  return type && new Problem(type.status, type.slug, { headers: { "Retry-After": "1" }, cause: error });
}
