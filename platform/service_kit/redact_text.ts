/** Replacement of redacted text. */
export const REDACTED = "[REDACTED]";

/** Words whose assignments, such as `password=…`, have a secret as the value. */
const SECRET_NAME = "(?:pass(?:word|wd|phrase|code)|pwd|secret|token|api[_-]?key|credentials?)";

/** Schemes whose credentials have a pattern of their own. */
const SCHEME = "(?:Bearer|Basic|Digest)";

/**
 * Patterns that are redacted in all texts. Their repetitions are bounded, so that matching takes linear time. None ends
 * inside an escape of a JSON string.
 */
const TEXTS: readonly { readonly pattern: RegExp; readonly replacement: string }[] = [
  // The password of a URL (RFC 3986, section 3.2.1).
  { pattern: /:\/\/[^\s"/@:]{0,256}:[^\s"/@]{1,256}@/g, replacement: `://${REDACTED}@` },
  // E-mail addresses. Before "@" any characters except those that end a word or a JSON string.
  {
    pattern: /[^\s"'<>@:,;()[\]\\/]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{N}.-]{0,253}[\p{L}\p{N}])?/gu,
    replacement: REDACTED,
  },
  // JSON Web Tokens (RFC 7519), with or without a signature.
  { pattern: /eyJ[\w-]{1,4096}\.[\w-]{0,8192}(?:\.[\w-]{0,2048})?/g, replacement: REDACTED },
  // Credentials of an Authorization header (RFC 9110, section 11.4).
  { pattern: new RegExp(`\\b(${SCHEME})\\s+[\\w~+/.=-]{1,8192}`, "gi"), replacement: `$1 ${REDACTED}` },
  // The same with other schemes, or without one.
  {
    pattern: new RegExp(
      `\\b(authorization\\s?[:=]\\s?)(?!${SCHEME}\\s)(?:[\\w-]{1,32} )?[^\\s"\\\\,;]{1,8192}`,
      "gi",
    ),
    replacement: `$1${REDACTED}`,
  },
  // Assignments, as in connection strings and queries.
  {
    pattern: new RegExp(`(${SECRET_NAME}=)(?:[^\\s"\\\\&;]|\\\\\\\\){1,1024}`, "gi"),
    replacement: `$1${REDACTED}`,
  },
];

/**
 * Matches every text that one of {@link TEXTS} matches, so that most lines are scanned once. Excludes "@timestamp", which
 * every JSON line contains.
 */
const SUSPECT = new RegExp(
  `[^"]@|eyJ|\\b${SCHEME}\\s|\\bauthorization\\s?[:=]|${SECRET_NAME}=`,
  "i",
);

/** Redacts secrets and e-mail addresses in a text. */
export function redactText(text: string): string {
  if (!SUSPECT.test(text)) return text;
  for (const { pattern, replacement } of TEXTS) text = text.replaceAll(pattern, replacement);
  return text;
}
