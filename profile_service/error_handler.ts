import { DATABASE_PROBLEM_TYPES, databaseProblem } from "@archway/service_kit/problems/database_problems.ts";
import { domainProblem } from "@archway/service_kit/problems/domain_problem.ts";
import type { ProblemType } from "@archway/server/api_module.ts";
import type { Problem } from "@archway/server/problem.ts";
import { ProfileError, type ProfileErrorCode } from "./profile_error.ts";

/** The problem types of the profile service: where each code's status, title and explanation stand, once. */
const PROBLEMS: Readonly<Record<ProfileErrorCode, ProblemType>> = {
  "not-found": {
    slug: "profile-not-found",
    title: "Profile not found",
    status: 404,
    explanation: "There is no profile with this id: there never was one, or it has been deleted.",
  },
  "version-mismatch": {
    slug: "profile-changed",
    title: "Profile changed meanwhile",
    status: 412,
    explanation:
      "The profile has changed since it was read. The ETag header of the answer is what it has now: read it " +
      "again, decide again, and repeat the request with that ETag in If-Match.",
  },
  "email-taken": {
    slug: "email-taken",
    title: "E-mail address taken",
    status: 409,
    explanation:
      "Another profile has this e-mail address. Addresses are compared without regard to case; the address " +
      "of a deleted profile is free again.",
  },
  invalid: {
    slug: "invalid-profile",
    title: "Invalid profile",
    status: 422,
    explanation: "The profile breaks a rule. The member invalidParams names every fault.",
  },
  "patch-failed": {
    slug: "patch-failed",
    title: "Patch cannot be applied",
    status: 422,
    explanation:
      "An operation of the JSON Patch does not fit the profile as it is, so none was applied. The member " +
      "invalidParams names the operation.",
  },
  "invalid-page": {
    slug: "invalid-page",
    title: "Invalid page",
    status: 400,
    explanation:
      "The page was asked for in a way that cannot be answered: ways of paging were mixed, or a cursor was " +
      "changed, has expired or belongs to another list. Begin again without a cursor.",
  },
};

/** The problem types this service adds to the server's. */
export const PROFILE_PROBLEM_TYPES: readonly ProblemType[] = [
  ...Object.values(PROBLEMS),
  ...DATABASE_PROBLEM_TYPES,
];

/** The problem a client is told for an error of this service; undefined: it is not one. */
export function profileProblem(error: unknown): Problem | undefined {
  if (!(error instanceof ProfileError)) return databaseProblem(error);
  return domainProblem(PROBLEMS[error.code], error);
}
