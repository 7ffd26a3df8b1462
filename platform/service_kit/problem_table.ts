import type { ApiModule, ProblemType } from "@archway/server/api_module.ts";
import { type InvalidParam, Problem } from "@archway/server/problem.ts";
import { DomainError, type FieldError, UNWRITTEN } from "./domain_error.ts";
import { formatVersion } from "./entity_version.ts";
import { notImplementedProblem } from "./not_implemented.ts";
import { DATABASE_PROBLEM_TYPES, databaseProblem } from "./problems/database_problems.ts";

/** A problem type without its slug, which is the error code. */
export type ProblemDescription = Omit<ProblemType, "slug">;

/** Error table of a service: problem types, and the mapping of errors to problems. */
export type ProblemTable = Pick<ApiModule, "problemTypes" | "problemOf">;

/** Problem types of lists and patches, common to all services. */
const COMMON: Readonly<Record<string, ProblemDescription>> = {
  "invalid-page": {
    title: "Invalid page",
    status: 400,
    detail:
      "The page parameters are invalid: cursors and page numbers are mixed, or the cursor was modified, has expired " +
      "or belongs to another list. Start again without a cursor.",
    validation: true,
  },
  "patch-failed": {
    title: "Patch not applicable",
    status: 422,
    detail:
      "An operation of the JSON Patch cannot be applied to the current resource, so none was applied. " +
      "invalidParams lists the operation.",
  },
};

/**
 * Builds the error table of a service, including the errors of lists, patches and the database.
 *
 * @param own Problem types of the service's own error codes.
 */
export function problemTable<Code extends string>(
  own: Readonly<Record<Code, ProblemDescription>>,
): ProblemTable {
  const types = new Map(
    Object.entries<ProblemDescription>({ ...own, ...COMMON }).map((
      [slug, type],
    ) => [slug, { slug, ...type }]),
  );
  return {
    problemTypes: [...types.values(), ...DATABASE_PROBLEM_TYPES],
    problemOf: (error) => {
      if (!(error instanceof DomainError)) return databaseProblem(error);
      if (error.code === UNWRITTEN) return notImplementedProblem();
      const type = types.get(error.code);
      return type && problemOf(type, error);
    },
  };
}

/** Returns the problem type of a resource that is missing or outside the access scope. */
export function notFound(
  resource: string,
  detail = `No ${resource} with this id exists, or it is not accessible to the caller.`,
): ProblemDescription {
  return { title: `${capitalized(resource)} not found`, status: 404, detail };
}

/** Returns the problem type of a resource that was modified since it was read. */
export function changed(resource: string): ProblemDescription {
  return {
    title: `${capitalized(resource)} was modified`,
    status: 412,
    detail:
      `The ${resource} was modified since it was read. The ETag header of the response has its current version: read ` +
      "it again, reapply the change, and repeat the request with the new ETag in If-Match.",
  };
}

/** Returns the problem type of invalid input. */
export function invalid(resource: string): ProblemDescription {
  return {
    title: `Invalid ${resource}`,
    status: 422,
    detail: `The ${resource} is invalid. invalidParams lists all validation errors.`,
  };
}

function problemOf({ status, slug, detail }: ProblemType, error: DomainError): Problem {
  const { fieldErrors, currentVersion } = error;
  const location = status === 400 ? "query" : "body";
  return new Problem(status, slug, {
    detail: detail,
    cause: error,
    ...(fieldErrors.length > 0 && { invalidParams: fieldErrors.map((one) => invalidParam(one, location)) }),
    ...(currentVersion !== undefined && { headers: { ETag: formatVersion(currentVersion) } }),
  });
}

function invalidParam({ field, reason }: FieldError, location: "query" | "body"): InvalidParam {
  if (location === "query") return { name: field, in: location, reason };
  const pointer = field === "" || field.startsWith("/") ? field : `/${field}`;
  return { name: pointer.split("/").at(-1) || "body", in: location, pointer, reason };
}

function capitalized(noun: string): string {
  return noun.charAt(0).toUpperCase() + noun.slice(1);
}
