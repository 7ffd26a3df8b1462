import {
  type EntityTag,
  IF_MATCH_REASON,
  matchesWeakly,
  parseEntityTags,
  parseIfMatch,
  parseStrongTag,
} from "../entity_tag.ts";
import type { Exchange } from "../request/exchange.ts";
import type { Operation } from "../operation.ts";
import { Problem } from "../problem.ts";
import type { RequestFaults } from "../problems/request_faults.ts";

/**
 * Whether a GET or HEAD whose answer carries this `ETag` is answered 304 (RFC 9110, section 13.2.2). A malformed
 * `If-None-Match` is as good as none: the client gets the whole representation.
 * @throws {Problem} 412 when there is an `If-Match` that names other versions, 400 when that is malformed.
 */
export function isNotModified(exchange: Exchange, etag: string): boolean {
  const { ifMatch, ifNoneMatch } = exchange.fields;
  if (ifMatch !== null) requireMatch(ifMatch, etag);
  if (ifNoneMatch === null) return false;
  if (ifNoneMatch === etag) return true;
  const condition = parseEntityTags(ifNoneMatch);
  return condition !== undefined && matchesWeakly(condition, etag);
}

function requireMatch(ifMatch: string, etag: string): void {
  const condition = parseIfMatch(ifMatch);
  if (condition === "*") return;
  const opaque = parseStrongTag(etag);
  if (opaque === undefined || !condition.includes(opaque)) {
    throw new Problem(412, "precondition-failed", { headers: { ETag: etag } });
  }
}

/** Whether an operation changes its resource only under `If-Match`. */
export function requiresIfMatch({ parameters }: Operation): boolean {
  return parameters.some((parameter) =>
    parameter.in === "header" && parameter.required && parameter.name.toLowerCase() === "if-match"
  );
}

/** Whether an operation changes something and its document says of no condition that it is looked at. */
export function takesNoCondition({ method, parameters }: Operation): boolean {
  return method !== "GET" &&
    !parameters.some((parameter) => parameter.in === "header" && /^if-(none-)?match$/i.test(parameter.name));
}

/** The faults of conditions that an operation would not look at: whoever states one counts on it. */
export function refuseConditions({ fields }: Exchange, faults: RequestFaults): void {
  const reason = "is not looked at by this operation";
  if (fields.ifMatch !== null) faults.addMalformed({ name: "If-Match", in: "header", reason });
  if (fields.ifNoneMatch !== null) faults.addMalformed({ name: "If-None-Match", in: "header", reason });
}

/** The faults of an `If-Match` that is there and malformed, or that an `If-None-Match` beside it cannot narrow. */
export function checkIfMatchSyntax({ fields }: Exchange, faults: RequestFaults): void {
  if (fields.ifMatch === null) return;
  const condition = parseEntityTags(fields.ifMatch);
  if (condition === undefined) {
    faults.addMalformed({ name: "If-Match", in: "header", reason: IF_MATCH_REASON });
  } else if (condition === "*" && Array.isArray(excludedTags(fields.ifNoneMatch))) {
    faults.addMalformed({
      name: "If-None-Match",
      in: "header",
      reason: "must not list tags beside If-Match: *",
    });
  }
}

/** A weak tag never matches: with it, a write finds that its resource is missing or has another version. */
const NO_VERSION = 'W/""';

/**
 * The `If-Match` that a write is left with beside an `If-None-Match`, which it has to meet too (RFC 9110, section
 * 13.2.2): without the versions that the latter excludes. So one condition goes on to where the version is checked.
 */
export function narrowIfMatch(ifMatch: string, { fields }: Exchange): string {
  const excluded = excludedTags(fields.ifNoneMatch);
  if (excluded === undefined) return ifMatch;
  const condition = parseIfMatch(ifMatch);
  if (excluded === "*" || condition === "*") return NO_VERSION;
  const left = condition.filter((opaque) => !matchesWeakly(excluded, `"${opaque}"`));
  return left.length === 0 ? NO_VERSION : left.map((opaque) => `"${opaque}"`).join(", ");
}

function excludedTags(ifNoneMatch: string | null): "*" | readonly EntityTag[] | undefined {
  return ifNoneMatch === null ? undefined : parseEntityTags(ifNoneMatch);
}
