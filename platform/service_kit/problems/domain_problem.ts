import { formatVersion } from "../paging/entity_version.ts";
import type { ProblemType } from "@archway/server/api_module.ts";
import { type InvalidParam, Problem } from "@archway/server/problem.ts";

/** One thing that is wrong with what a client asked for. */
interface DomainFault {
  /** The query parameter, or the member of the body: its name, or its JSON Pointer. */
  readonly field: string;
  readonly reason: string;
}

/** What an error of a service's domain knows besides its code. */
export interface DomainError extends Error {
  readonly faults: readonly DomainFault[];
  /** What the thing has now, where another version was named. */
  readonly currentVersion: bigint | undefined;
}

/** The problem a client is told for an error of a domain, by the type that its code has. */
export function domainProblem({ status, slug, explanation }: ProblemType, error: DomainError): Problem {
  const { faults, currentVersion } = error;
  const where = status === 400 ? "query" : "body";
  return new Problem(status, slug, {
    detail: explanation,
    cause: error,
    ...(faults.length > 0 && { invalidParams: faults.map((fault) => invalidParam(fault, where)) }),
    ...(currentVersion !== undefined && { headers: { ETag: formatVersion(currentVersion) } }),
  });
}

function invalidParam({ field, reason }: DomainFault, where: "query" | "body"): InvalidParam {
  if (where === "query") return { name: field, in: where, reason };
  const pointer = field === "" || field.startsWith("/") ? field : `/${field}`;
  return { name: pointer.split("/").at(-1) || "body", in: where, pointer, reason };
}
