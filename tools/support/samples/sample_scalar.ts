import * as fc from "fast-check";
import { type JsonObject, member, textMember } from "../../oapi_codegen/document/json_value.ts";

/** Schema that no value matches, because its format and its length exclude each other. */
export class ContradictionError extends Error {
  override readonly name = "ContradictionError";
}

/** Maximum number of items of a sampled array, and of repetitions that a sampled pattern asks for. */
export const MAX_SAMPLED = 10_000;

/** Formats whose values all have one length. */
const FIXED_LENGTH = ["date", "uuid"];

const FORMATS: Readonly<Record<string, string>> = {
  date: "2026-01-31",
  "date-time": "2026-01-31T12:30:00Z",
  "iso-date-time": "2026-01-31T12:30:00Z",
  time: "12:30:00Z",
  "iso-time": "12:30:00Z",
  duration: "P1D",
  email: "ada@example.com",
  "idn-email": "ada@example.com",
  hostname: "example.com",
  "idn-hostname": "example.com",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  uri: "https://example.com/a",
  url: "https://example.com/a",
  iri: "https://example.com/a",
  "uri-reference": "/a",
  "iri-reference": "/a",
  "uri-template": "/a/{b}",
  uuid: "0190a6e1-7b1c-7c3e-8a4f-5d2b1c0e9f8a",
  "json-pointer": "/a",
  "json-pointer-uri-fragment": "#/a",
  "relative-json-pointer": "0/a",
  regex: "^a$",
  byte: "YQ==",
  base64url: "YQ",
};

/** Returns a text for the format, pattern and lengths of a schema. @throws {ContradictionError} if there is none */
export function sampleText(schema: JsonObject): string {
  const format = textMember(schema, "format");
  const least = numberMember(schema, "minLength") ?? 0;
  const most = numberMember(schema, "maxLength") ?? Infinity;
  const pattern = textMember(schema, "pattern");
  const formatted = format === undefined ? undefined : FORMATS[format];
  if (pattern !== undefined) {
    const fits = (text: string): boolean =>
      text.length >= least && text.length <= most && new RegExp(pattern, "u").test(text);
    const candidates = formatted === undefined ? [] : [formatted];
    return [...candidates, ...matching(pattern)].find(fits) ?? "text";
  }
  if (formatted !== undefined && format !== undefined && FIXED_LENGTH.includes(format)) {
    if (formatted.length > most || formatted.length < least) {
      throw new ContradictionError(`no ${format} has a length from ${least} to ${most}`);
    }
  }
  if (formatted !== undefined) return formatted;
  return "text".padEnd(Math.min(least, 100_000), "s").slice(0, most);
}

/**
 * Returns texts that match a pattern, the shortest first, as people read them, but empty ones last; none if it uses what
 * the library does not generate, such as lookahead.
 */
function matching(pattern: string): readonly string[] {
  const repetitions = [...pattern.matchAll(/\{(\d+)/g)].reduce(
    (product, [, least]) => product * Number(least),
    1,
  );
  if (repetitions > MAX_SAMPLED) return [];
  // A pattern may match a part of the text; the shortest text is that part alone.
  return [`^(?:${pattern})$`, pattern].flatMap((source) => {
    try {
      const texts = fc.stringMatching(new RegExp(source, "u"), { size: "medium" });
      return fc.sample(texts, { seed: 1, numRuns: 200 }).filter((text) => /^[ -~]*$/.test(text))
        .toSorted((one, other) => Number(one === "") - Number(other === "") || one.length - other.length);
    } catch {
      return [];
    }
  });
}

/** Returns a number within the limits of a schema. @param step 1 for integers, 0 for any number. */
export function sampleNumber(schema: JsonObject, step: number): number {
  const multiple = numberMember(schema, "multipleOf") ?? (step === 0 ? undefined : step);
  const exclusive = numberMember(schema, "exclusiveMinimum");
  const least = Math.max(
    numberMember(schema, "minimum") ?? -Infinity,
    exclusive === undefined
      ? -Infinity
      : exclusive + (multiple ?? Math.max(Math.abs(exclusive) * 1e-6, 1e-6)),
  );
  const most = Math.min(
    numberMember(schema, "maximum") ?? Infinity,
    (numberMember(schema, "exclusiveMaximum") ?? Infinity) - (multiple ?? 1e-6),
  );
  const start = Math.min(Math.max(1, least), most);
  if (multiple === undefined) return start;
  const rounded = Number((Math.ceil(start / multiple) * multiple).toPrecision(15));
  return rounded > most ? Number((Math.floor(most / multiple) * multiple).toPrecision(15)) : rounded;
}

/** Returns a member that is a number. */
export function numberMember(schema: JsonObject, key: string): number | undefined {
  const value = member(schema, key);
  return typeof value === "number" ? value : undefined;
}
