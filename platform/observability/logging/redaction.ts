import { redactByField } from "@logtape/redaction";
import type { Sink, TextFormatter } from "@logtape/logtape";
import { REDACTED, redactText } from "@archway/service_kit/redact_text.ts";

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

/** All of {@link FIELDS} in one pattern, as each field of each line is tested. */
const FIELD = new RegExp(FIELDS.map(({ source }) => `(?:${source})`).join("|"), "i");

/** Wraps a formatter to redact secrets and personal data in its lines. */
export function redactTexts(formatter: TextFormatter): TextFormatter {
  return (record) => redactText(formatter(record));
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

/** Maximum length of a cached name in characters; together with {@link MAX_KNOWN} it bounds the memory. */
const MAX_LENGTH = 128;

/** Whether the value of a field of this name is redacted. */
export function isSensitiveField(name: string): boolean {
  let found = known.get(name);
  if (found === undefined) {
    found = FIELD.test(name);
    if (known.size < MAX_KNOWN && name.length <= MAX_LENGTH) known.set(name, found);
  }
  return found;
}
