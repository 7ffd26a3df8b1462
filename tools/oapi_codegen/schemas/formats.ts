import type { Ajv2020 } from "ajv/dist/2020.js";
import { default as addFormats } from "ajv-formats";
import type { DiagnosticList } from "../diagnostics/diagnostics.ts";
import { type Located, textMember } from "../document/json_value.ts";
import { subschemas } from "./schema_walk.ts";
import { formatNames, fullFormats } from "ajv-formats/dist/formats.js";

/** Formats of a configuration: a regular expression, or false for an annotation. */
export type FormatRules = ReadonlyMap<string, string | false>;

/** UUID as RFC 9562, section 4, defines it. The ajv-formats package also accepts a URN, which no database does. */
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const DATE = "(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|" +
  "02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)";
const TIME = "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?";
const OFFSET = "(?:z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)";

/**
 * Formats of RFC 3339, section 5.6. A leap second is a time of UTC alone, and not of a date-time, because neither `Date`
 * nor PostgreSQL can represent it.
 */
const TIMES: ReadonlyMap<string, RegExp> = new Map([
  ["date", new RegExp(`^${DATE}$`)],
  ["time", new RegExp(`^(?:${TIME}${OFFSET}|23:59:60(?:\\.\\d+)?(?:z|[+-]00:00))$`, "i")],
  ["date-time", new RegExp(`^${DATE}t${TIME}${OFFSET}$`, "i")],
]);

/**
 * The package's own pattern of URLs without a second loop over the user name, which takes quadratic time: a second for
 * 20 KB.
 */
const URL_PATTERN = linearUrl(String(fullFormats.url));

function linearUrl(literal: string): RegExp {
  const loops = String.raw`(?:\S+(?::\S*)?@)?`;
  const end = literal.lastIndexOf("/");
  if (!literal.includes(loops)) throw new Error("The pattern of the format url has changed");
  return new RegExp(literal.slice(1, end).replace(loops, String.raw`(?:\S+@)?`), literal.slice(end + 1));
}

/** Whether validators check a format; any other one is an annotation (JSON Schema 2020-12 Validation, section 7.2). */
export function isAsserted(format: string, rules: FormatRules): boolean {
  const names: readonly string[] = formatNames;
  return rules.has(format) ? rules.get(format) !== false : names.includes(format);
}

/** Adds the formats to a compiler. */
export function addAllFormats(ajv: Ajv2020, rules: FormatRules): void {
  addFormats.default(ajv, { mode: "full" });
  ajv.addFormat("uuid", UUID);
  ajv.addFormat("url", URL_PATTERN);
  ajv.addFormat("int64", { type: "number", validate: (value: number) => Number.isSafeInteger(value) });
  for (const [name, pattern] of TIMES) ajv.addFormat(name, pattern);
  for (const [name, pattern] of rules) if (pattern !== false) ajv.addFormat(name, new RegExp(pattern, "u"));
}

/** Warns of each format that is not checked, at the first schema that has it. */
export function warnOfFormats(
  roots: Iterable<Located>,
  { diagnostics, formats }: { readonly diagnostics: DiagnosticList; readonly formats: FormatRules },
): void {
  const seen = new Set<string>();
  const visit = (schema: Located): void => {
    const format = textMember(schema.value, "format");
    if (format !== undefined && !seen.has(format) && !isAsserted(format, formats) && !formats.has(format)) {
      seen.add(format);
      diagnostics.warn(
        `${schema.pointer}/format`,
        `Values of the format ${format} are not checked; give the option formats a regular expression, or false`,
      );
    }
    for (const [, inner] of subschemas(schema)) visit(inner);
  };
  for (const root of roots) visit(root);
}
