import type { Operation } from "../operation.ts";
import { Problem } from "../problem.ts";
import type { RequestErrors } from "../problems/request_errors.ts";
import type { Exchange } from "../request/exchange.ts";

/** An entity-tag (RFC 9110, section 8.8.3). */
export interface EntityTag {
  readonly weak: boolean;
  /** What stands between the quotes. */
  readonly opaque: string;
}

// etagc = %x21 / %x23-7E / obs-text: neither a space nor a backslash escape, but commas are allowed. OWS, empty list
// elements (RFC 9110, section 5.6.1.2) and nothing else may stand around the tags.
const TAG = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/y;
const SEPARATOR = /[ \t]*(?:,[ \t]*)*/y;
const MAX_TAGS = 1000;

/**
 * Parses the value of `If-Match` or `If-None-Match`: "*" or a list of entity-tags. Undefined when it is malformed, has
 * no tag, or more than a thousand.
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

/** The opaque value of a strong entity-tag such as `"7"`; undefined for a weak or malformed one. */
export function parseStrongTag(text: string): string | undefined {
  const tags = parseEntityTags(text);
  if (tags === undefined || tags === "*" || tags.length !== 1) return undefined;
  const [tag] = tags;
  return tag?.weak === false ? tag.opaque : undefined;
}

/**
 * What an `If-Match` header asks for: any version, or one of these. Gives the opaque values of the strong tags; a weak
 * tag never matches (RFC 9110, section 13.1.1), so a list of weak ones gives an empty list.
 * @throws {Problem} 400 when the text is malformed.
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

/** What is wrong with an `If-Match` that cannot be parsed. */
export const IF_MATCH_REASON = 'must be * or a list of quoted entity-tags, such as "7"';

/** The weak comparison of a parsed list with the value of an `ETag` field. */
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

/** The errors of conditions that an operation would not look at: whoever states one counts on it. */
export function refuseConditions({ fields }: Exchange, errors: RequestErrors): void {
  const reason = "is not supported by this operation";
  if (fields.ifMatch !== null) errors.addMalformed({ name: "If-Match", in: "header", reason });
  if (fields.ifNoneMatch !== null) errors.addMalformed({ name: "If-None-Match", in: "header", reason });
}

/** The errors of an `If-Match` that is there and malformed, or that an `If-None-Match` beside it cannot narrow. */
export function checkIfMatchSyntax({ fields }: Exchange, errors: RequestErrors): void {
  if (fields.ifMatch === null) return;
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
