import { redactByField } from "@logtape/redaction";
import type { Sink, TextFormatter } from "@logtape/logtape";

/** Replacement of redacted text. */
export const REDACTED = "[REDACTED]";

/**
 * Fields whose values are never logged: credentials, personal data and client input. Anchored to whole names, as "key"
 * would match "keyId", and "name" "hostname".
 */
const FIELDS: readonly RegExp[] = [
  /pass(?:word|phrase|code)?$/i,
  /secret|token|credential|signature/i,
  /^(?:set-?)?cookies?$/i,
  /^(?:proxy-?)?authori[sz]ation$|^auth$/i,
  /^(?:api-?|private-?|idempotency-?)?key$/i,
  /e-?mail|phone|^ssn$/i,
  /^(?:first-?|last-?|full-?|display-?)?names?$/i,
  /^(?:post(?:al)?-?|home-?|ip-?|remote-?|client-?)?address$|^ip$/i,
  /^(?:request-?|response-?)?(?:body|headers?|query|payload|parameters|values)$/i,
  /^cursor$|^after$|^before$/i,
];

/**
 * Patterns that are redacted in all texts. Their repetitions are bounded, so that matching takes linear time.
 */
const TEXTS: readonly { readonly pattern: RegExp; readonly replacement: string }[] = [
  // E-mail addresses. Before "@" any characters except those that end a word or a JSON string.
  {
    pattern: /[^\s"'<>@:,;()[\]\\/]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{N}.-]{0,253}[\p{L}\p{N}])?/gu,
    replacement: REDACTED,
  },
  // JSON Web Tokens (RFC 7519), with or without a signature.
  { pattern: /eyJ[\w-]{1,4096}\.[\w-]{0,8192}(?:\.[\w-]{0,2048})?/g, replacement: REDACTED },
  // Credentials of an Authorization header (RFC 9110, section 11.4).
  { pattern: /\b(Bearer|Basic|Digest)\s+[\w~+/.=-]{1,8192}/gi, replacement: `$1 ${REDACTED}` },
  // The password of a URL (RFC 3986, section 3.2.1).
  { pattern: /:\/\/[^\s"/@:]{0,256}:[^\s"/@]{1,256}@/g, replacement: `://${REDACTED}@` },
];

/**
 * Matches every text that one of {@link TEXTS} matches, so that most lines are scanned once. Excludes "@timestamp", which
 * every JSON line contains.
 */
const SUSPECT = /[^"]@|eyJ|\b(?:Bearer|Basic|Digest)\s/i;

/** All of {@link FIELDS} in one pattern, as each field of each line is tested. */
const FIELD = new RegExp(FIELDS.map(({ source }) => `(?:${source})`).join("|"), "i");

/** Wraps a formatter to redact secrets and personal data in its lines. */
export function redactTexts(formatter: TextFormatter): TextFormatter {
  return (record) => redactText(formatter(record));
}

/** Redacts secrets and personal data in a text. */
export function redactText(text: string): string {
  if (!SUSPECT.test(text)) return text;
  for (const { pattern, replacement } of TEXTS) text = text.replaceAll(pattern, replacement);
  return text;
}

/** Wraps a sink to redact the values of sensitive fields. */
export function redactFields(sink: Sink): Sink {
  const redact = redactByField(sink, { fieldPatterns: [FIELD], action: () => REDACTED });
  // Copying a record costs more than the rest of logging it, and hardly any record needs it.
  return (record) => isHarmless(record.properties) ? sink(record) : redact(record);
}

/** Whether no field is sensitive, and none is an object that may have sensitive fields. */
function isHarmless(properties: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(properties).every((name) =>
    typeof properties[name] !== "object" && !isSensitiveField(name)
  );
}

/** Cache of results: all lines share a few names. */
const known = new Map<string, boolean>();
const MAX_KNOWN = 1_000;

/** Whether the value of a field of this name is redacted. */
export function isSensitiveField(name: string): boolean {
  let found = known.get(name);
  if (found === undefined) {
    found = FIELD.test(name);
    if (known.size < MAX_KNOWN) known.set(name, found);
  }
  return found;
}
