import type { ApiModule, ProblemType } from "@archway/server/api_module.ts";
import { type InvalidParam, Problem } from "@archway/server/problem.ts";
import { DomainError, type FieldError } from "./domain_error.ts";
import { formatVersion } from "./entity_version.ts";
import { DATABASE_PROBLEM_TYPES, databaseProblem } from "./problems/database_problems.ts";

/** A problem type; its slug is the code of the error. */
export type ProblemDescription = Omit<ProblemType, "slug">;

/** The error table of a service: its problem types, and the problem of an error. */
export type ProblemTable = Pick<ApiModule, "problemTypes" | "problemOf">;

/** Problems that lists and patches of every service can have. */
const COMMON: Readonly<Record<string, ProblemDescription>> = {
  "invalid-page": {
    title: "Invalid page",
    status: 400,
    detail:
      "The page was asked for in a way that cannot be answered: ways of paging were mixed, or a cursor was " +
      "changed, has expired or belongs to another list. Begin again without a cursor.",
    validation: true,
  },
  "patch-failed": {
    title: "Patch cannot be applied",
    status: 422,
    detail: "An operation of the JSON Patch does not fit the resource as it is, so none was applied. " +
      "The member invalidParams names the operation.",
  },
};

/**
 * Builds the error table of a service. Errors of lists, patches and the database are in every table.
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
      const type = types.get(error.code);
      return type && problemOf(type, error);
    },
  };
}

/** No such resource, or not one that the caller may reach. */
export function notFound(
  resource: string,
  detail = `There is no ${resource} with this id, or it is not yours.`,
): ProblemDescription {
  return { title: `${capitalized(resource)} not found`, status: 404, detail };
}

/** The resource was modified since it was read. */
export function changed(resource: string): ProblemDescription {
  return {
    title: `${capitalized(resource)} changed meanwhile`,
    status: 412,
    detail:
      `The ${resource} has changed since it was read. The ETag header of the answer is what it has now: read it ` +
      "again, decide again, and repeat the request with that ETag in If-Match.",
  };
}

/** The input breaks a rule of the resource. */
export function invalid(resource: string): ProblemDescription {
  return {
    title: `Invalid ${resource}`,
    status: 422,
    detail: `The ${resource} breaks a rule. The member invalidParams names every fault.`,
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
