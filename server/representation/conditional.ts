import type { Operation, ParameterDescriptor } from "../operation.ts";
import { Problem } from "../problem.ts";
import type { RequestErrors } from "../problems/request_errors.ts";
import type { Exchange } from "../request/exchange.ts";

/** Entity tag (RFC 9110, section 8.8.3). */
export interface EntityTag {
  readonly weak: boolean;
  /** Text between the quotes. */
  readonly opaque: string;
}

// etagc = %x21 / %x23-7E / obs-text: no spaces or backslash escapes, but commas. Between tags there may be only OWS and
// empty list elements (RFC 9110, section 5.6.1.2).
const TAG = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/y;
const SEPARATOR = /[ \t]*(?:,[ \t]*)*/y;
const MAX_TAGS = 1000;

/**
 * Parses the value of `If-Match` or `If-None-Match`: "*" or a list of entity tags. Returns undefined if it is
 * malformed, empty, or has more than a thousand tags.
 */
export function parseEntityTags(text: string): "*" | readonly EntityTag[] | undefined {
  if (text.trim() === "*") return "*";
  const tags: EntityTag[] = [];
  let at = skipSeparator(text, 0);
  while (at < text.length) {
    TAG.lastIndex = at;
    const match = TAG.exec(text);
    if (match === null || tags.length === MAX_TAGS) return undefined;
    tags.push({ weak: match[1] !== undefined, opaque: match[2] ?? "" });
    const end = TAG.lastIndex;
    at = skipSeparator(text, end);
    if (at < text.length && !text.slice(end, at).includes(",")) return undefined;
  }
  return tags.length === 0 ? undefined : tags;
}

/** Returns the opaque value of a strong entity tag such as `"7"`. Undefined for a weak or malformed one. */
export function parseStrongTag(text: string): string | undefined {
  const tags = parseEntityTags(text);
  if (tags === undefined || tags === "*" || tags.length !== 1) return undefined;
  const [tag] = tags;
  return tag?.weak === false ? tag.opaque : undefined;
}

/**
 * Parses an `If-Match` header to "*" or the opaque values of its strong tags. Weak tags never match (RFC 9110, section
 * 13.1.1) and are omitted.
 *
 * @throws {Problem} 400 if the text is malformed.
 */
export function parseIfMatch(text: string): "*" | readonly string[] {
  const tags = parseEntityTags(text);
  if (tags === undefined) {
    throw new Problem(400, "malformed-request", {
      detail: "The If-Match header is malformed",
      invalidParams: [{ name: "If-Match", in: "header", reason: IF_MATCH_REASON }],
    });
  }
  return tags === "*" ? tags : tags.filter((tag) => !tag.weak).map((tag) => tag.opaque);
}

/** Validation error for a malformed `If-Match`. */
const IF_MATCH_REASON = 'must be * or a list of quoted entity-tags, such as "7"';

/** Compares a parsed list weakly with the value of an `ETag` field. */
export function matchesWeakly(condition: "*" | readonly EntityTag[], etag: string): boolean {
  if (condition === "*") return true;
  const opaque = etag.startsWith("W/") ? etag.slice(3, -1) : etag.slice(1, -1);
  return condition.some((tag) => tag.opaque === opaque);
}

function skipSeparator(text: string, from: number): number {
  SEPARATOR.lastIndex = from;
  SEPARATOR.exec(text);
  return SEPARATOR.lastIndex;
}

/**
 * Returns the parameter `If-Match` that an operation requires, or that a change may have. Undefined without one, and
 * where `If-None-Match` is left to the handler.
 */
export function ifMatchParameter({ method, parameters }: Operation): ParameterDescriptor | undefined {
  const named = (name: string): ParameterDescriptor | undefined =>
    parameters.find((parameter) => parameter.in === "header" && parameter.name.toLowerCase() === name);
  const ifMatch = named("if-match");
  const isOwn = method === "GET" || named("if-none-match") !== undefined;
  return ifMatch?.required === false && isOwn ? undefined : ifMatch;
}

/** Whether an operation that changes something declares no conditional header. */
export function takesNoCondition({ method, parameters }: Operation): boolean {
  return method !== "GET" &&
    !parameters.some((parameter) => parameter.in === "header" && /^if-(none-)?match$/i.test(parameter.name));
}

/** Rejects conditional headers that an operation would ignore, because the client relies on them. */
export function refuseConditions({ fields }: Exchange, errors: RequestErrors): void {
  const reason = "is not supported by this operation";
  if (fields.ifMatch !== null) errors.addMalformed({ name: "If-Match", in: "header", reason });
  if (fields.ifNoneMatch !== null) errors.addMalformed({ name: "If-None-Match", in: "header", reason });
}

/**
 * Checks that `If-Match` is well formed and can be combined with `If-None-Match`, which is not supported alone.
 *
 * @param required a missing `If-Match` has a status of its own.
 */
export function checkConditions(
  { fields }: Exchange,
  { errors, required }: { readonly errors: RequestErrors; readonly required: boolean },
): void {
  if (fields.ifMatch === null) {
    const reason = "is not supported by this operation without If-Match";
    if (!required && fields.ifNoneMatch !== null) {
      errors.addMalformed({ name: "If-None-Match", in: "header", reason });
    }
    return;
  }
  const condition = parseEntityTags(fields.ifMatch);
  if (condition === undefined) {
    errors.addMalformed({ name: "If-Match", in: "header", reason: IF_MATCH_REASON });
  } else if (condition === "*" && Array.isArray(excludedTags(fields.ifNoneMatch))) {
    errors.addMalformed({
      name: "If-None-Match",
      in: "header",
      reason: "must not list tags if If-Match is *",
    });
  }
}

/** Weak tag, which never matches: a write then fails as for a missing resource or another version. */
const NO_VERSION = 'W/""';

/**
 * Combines the `If-Match` of a write with its `If-None-Match`. Both must hold (RFC 9110, section 13.2.2), so the
 * versions that the latter excludes are removed, and the version check needs only one condition.
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
