import { redactByField } from "@logtape/redaction";
import type { Sink, TextFormatter } from "@logtape/logtape";

/** What stands where something was taken out. */
export const REDACTED = "[REDACTED]";

/**
 * Fields whose values are never logged, whatever they hold: credentials, personal data, and what clients send. Whole
 * names, for "key" would take "keyId" with it, and "name" would take "hostname".
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
 * What is taken out of texts, wherever they stand. Repetitions are bounded, so that no text, however long, takes more
 * time than its length allows for.
 */
const TEXTS: readonly { readonly pattern: RegExp; readonly replacement: string }[] = [
  // Addresses of people. In front of "@" anything but what ends a word or a JSON text.
  {
    pattern: /[^\s"'<>@:,;()[\]\\/]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{N}.-]{0,253}[\p{L}\p{N}])?/gu,
    replacement: REDACTED,
  },
  // JSON Web Tokens (RFC 7519), whole or without their signature.
  { pattern: /eyJ[\w-]{1,4096}\.[\w-]{0,8192}(?:\.[\w-]{0,2048})?/g, replacement: REDACTED },
  // Credentials of an Authorization header (RFC 9110, section 11.4).
  { pattern: /\b(Bearer|Basic|Digest)\s+[\w~+/.=-]{1,8192}/gi, replacement: `$1 ${REDACTED}` },
  // The password of a URL (RFC 3986, section 3.2.1).
  { pattern: /:\/\/[^\s"/@:]{0,256}:[^\s"/@]{1,256}@/g, replacement: `://${REDACTED}@` },
];

/**
 * What every one of {@link TEXTS} needs, so that lines without any of it are looked through once. Every line of JSON has
 * an "@timestamp".
 */
const SUSPECT = /[^"]@|eyJ|\b(?:Bearer|Basic|Digest)\s/i;

/** All of {@link FIELDS} in one: each field of each line is tried. */
const FIELD = new RegExp(FIELDS.map(({ source }) => `(?:${source})`).join("|"), "i");

/** A formatter that takes out of every line what looks like a secret or like personal data. */
export function redactTexts(formatter: TextFormatter): TextFormatter {
  return (record) => redactText(formatter(record));
}

/** A text without what looks like a secret or like personal data. */
export function redactText(text: string): string {
  if (!SUSPECT.test(text)) return text;
  for (const { pattern, replacement } of TEXTS) text = text.replaceAll(pattern, replacement);
  return text;
}

/** A sink whose fields of certain names lose their values. */
export function redactFields(sink: Sink): Sink {
  const redact = redactByField(sink, { fieldPatterns: [FIELD], action: () => REDACTED });
  // Copying a record costs more than all the rest of logging it, and hardly any needs it.
  return (record) => mayPass(record.properties) ? sink(record) : redact(record);
}

/** Whether no field has one of the names, and none holds others that might. */
function mayPass(properties: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(properties).every((name) =>
    typeof properties[name] !== "object" && !isSensitiveField(name)
  );
}

/** The same few names come with every line. */
const known = new Map<string, boolean>();
const MOST_KNOWN = 1_000;

/** Whether a field of this name loses its value, whatever that is. */
export function isSensitiveField(name: string): boolean {
  let found = known.get(name);
  if (found === undefined) {
    found = FIELD.test(name);
    if (known.size < MOST_KNOWN) known.set(name, found);
  }
  return found;
}
