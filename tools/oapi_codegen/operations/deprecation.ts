import type { DiagnosticList } from "../diagnostics/diagnostics.ts";
import { type Located, member } from "../document/json_value.ts";

/** Date of the header `Deprecation` if the document has none; the header must have one. */
const LONG_AGO = 0;

/**
 * Returns the headers that announce the end of an operation: `Deprecation` (RFC 9745) if it is deprecated, `Sunset`
 * (RFC 8594) if it has `x-sunset`, and a `Link` to `x-deprecation-link`.
 */
export function readDeprecation(
  operation: Located,
  diagnostics: DiagnosticList,
): readonly (readonly [name: string, value: string])[] | undefined {
  const isDeprecated = member(operation.value, "deprecated") === true;
  const since = readDate(operation, { field: "x-deprecated-since", header: "Deprecation", diagnostics });
  const sunset = readDate(operation, { field: "x-sunset", header: "Sunset", diagnostics });
  if (!isDeprecated && sunset === undefined) return undefined;
  if (isDeprecated && since === undefined) {
    diagnostics.warn(
      `${operation.pointer}/deprecated`,
      "Without x-deprecated-since, such as 2026-01-31, the header Deprecation says: since 1970",
    );
  }
  if (isDeprecated && since !== undefined && sunset !== undefined && sunset < since) {
    diagnostics.warn(
      `${operation.pointer}/x-sunset`,
      "The sunset is before x-deprecated-since; it is sent as it is",
    );
  }
  const link = readLink(operation, diagnostics);
  return [
    ...isDeprecated ? [["Deprecation", `@${(since ?? LONG_AGO) / 1000}`] as const] : [],
    ...sunset === undefined ? [] : [["Sunset", new Date(sunset).toUTCString()] as const],
    ...link === undefined
      ? []
      : [["Link", `<${link}>; rel="${isDeprecated ? "deprecation" : "sunset"}"`] as const],
  ];
}

/** Returns a date in whole seconds, in milliseconds since 1970. Warns of a field that is no date. */
function readDate(
  operation: Located,
  { field, header, diagnostics }: {
    readonly field: string;
    readonly header: string;
    readonly diagnostics: DiagnosticList;
  },
): number | undefined {
  const value = member(operation.value, field);
  if (value === undefined) return undefined;
  const isDate = typeof value === "string" &&
    /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?$/.test(value);
  const time = isDate ? Date.parse(value) : NaN;
  if (!Number.isNaN(time)) return Math.trunc(time / 1000) * 1000;
  diagnostics.warn(
    `${operation.pointer}/${field}`,
    `Expected a date such as 2026-01-31; the header ${header} does not have it`,
  );
  return undefined;
}

function readLink(operation: Located, diagnostics: DiagnosticList): string | undefined {
  const value = member(operation.value, "x-deprecation-link");
  if (value === undefined) return undefined;
  if (typeof value === "string" && /^[!#-;=?-~]+$/.test(value) && URL.canParse(value, "http://localhost")) {
    return value;
  }
  diagnostics.warn(
    `${operation.pointer}/x-deprecation-link`,
    "Expected a URL; the header Link does not have it",
  );
  return undefined;
}
