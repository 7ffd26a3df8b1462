import type { TargetFault } from "./target_error.ts";

/** What the platform calls a connection that could not be made. */
const UNREACHABLE = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENETDOWN",
  "EADDRNOTAVAIL",
  "EACCES",
  "EPERM",
]);

/** How the codes of what is wrong with certificates and TLS begin. */
const TLS = /^(?:ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|EPROTO)/;

/** Sorts what the platform says of a request that failed. */
export function targetFaultOf(error: unknown): TargetFault {
  const codes = codesOf(error);
  if (codes.some((code) => code === "ETIMEDOUT")) return "timeout";
  if (codes.some((code) => TLS.test(code))) return "tls";
  if (codes.some((code) => UNREACHABLE.has(code))) return "unreachable";
  return "broken-answer";
}

/** The code of an error, or those of all that were tried. */
function codesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const own = "code" in error && typeof error.code === "string" ? [error.code] : [];
  return error instanceof AggregateError ? [...own, ...error.errors.flatMap(codesOf)] : own;
}
