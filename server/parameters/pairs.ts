import type { ParameterDescriptor, ParameterLocation } from "../operation.ts";
import type { RequestErrors } from "../problems/request_errors.ts";
import { MalformedTextError } from "./decode_text.ts";
import { nestedShape } from "./nested_fields.ts";
import type { Decode } from "./styles.ts";

/** Name and value as sent, still encoded. */
export interface RawPair {
  readonly name: string;
  readonly value: string;
}

/** Pair of a query or Cookie header with decoded name and raw value. */
export interface NamedPair {
  readonly name: string;
  readonly raw: string;
}

/** Splits a query string or form at "&" and "=" without decoding; skips empty parts. */
export function splitPairs(text: string, separator: "&" | ";" = "&"): RawPair[] {
  const pairs: RawPair[] = [];
  if (text === "") return pairs;
  for (const piece of text.split(separator)) {
    if (piece === "") continue;
    const equals = piece.indexOf("=");
    pairs.push(
      equals === -1
        ? { name: piece, value: "" }
        : { name: piece.slice(0, equals), value: piece.slice(equals + 1) },
    );
  }
  return pairs;
}

/** Splits a Cookie header (RFC 6265, section 4.2.1) and removes quotes around values. */
export function splitCookies(text: string): RawPair[] {
  return splitPairs(text, ";").map(({ name, value }) => {
    const trimmed = value.trim();
    const quoted = trimmed.length > 1 && trimmed.startsWith('"') && trimmed.endsWith('"');
    return { name: name.trim(), value: quoted ? trimmed.slice(1, -1) : trimmed };
  });
}

/** Maximum length of an undeclared name that is repeated in a response. */
const MAX_NAME_LENGTH = 100;

/** Prepares the check whether a query pair belongs to a declared parameter. It reveals misspelt names. */
export function compileDeclared(parameters: readonly ParameterDescriptor[]): (pairName: string) => boolean {
  const names = new Set<string>();
  const prefixes: string[] = [];
  let open = false;
  for (const { name, shape, style, explode } of parameters) {
    if (style === "deepObject") {
      prefixes.push(`${name}[`);
      if (shape.kind === "any") names.add(name);
    } else if (shape.kind !== "object" || !explode) names.add(name);
    else {
      for (const [member, inner] of Object.entries(shape.properties)) {
        names.add(member);
        if (nestedShape(inner) !== undefined) prefixes.push(`${member}[`);
      }
      open ||= shape.additional !== undefined;
    }
  }
  return (pairName) => open || names.has(pairName) || prefixes.some((prefix) => pairName.startsWith(prefix));
}

/** Adds an error for every query pair that is not a declared parameter. */
export function refuseUndeclared(
  query: readonly NamedPair[],
  isDeclared: (pairName: string) => boolean,
  errors: RequestErrors,
): void {
  for (const { name } of query) {
    if (isDeclared(name)) continue;
    const shown = name.length <= MAX_NAME_LENGTH ? name : "query";
    errors.addMalformed({ name: shown, in: "query", reason: "unknown parameter" });
  }
}

/** Decodes the names of pairs; adds an error for each malformed one. */
export function namePairs(
  pairs: readonly RawPair[],
  decode: Decode,
  { errors, in: location }: { errors: RequestErrors; in: ParameterLocation },
): NamedPair[] {
  const named: NamedPair[] = [];
  for (const { name, value } of pairs) {
    try {
      named.push({ name: decode(name), raw: value });
    } catch (error) {
      if (!(error instanceof MalformedTextError)) throw error;
      errors.addMalformed({ name: location, in: location, reason: `has a name that ${error.message}` });
    }
  }
  return named;
}
