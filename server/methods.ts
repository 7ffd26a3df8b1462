/**
 * Known request methods; any other gets 501. They are those of RFC 9110, section 9, PATCH (RFC 5789), and QUERY
 * (draft-ietf-httpbis-safe-method-w-body), which some clients already send.
 */
export const KNOWN_METHODS: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "TRACE",
  "CONNECT",
  "QUERY",
]);

const ALLOW_ORDER = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "QUERY"];

/** Returns the `Allow` header for a resource; GET implies HEAD, and OPTIONS is always allowed. */
export function allowHeader(methods: Iterable<string>): string {
  const allowed = new Set(methods);
  if (allowed.has("GET")) allowed.add("HEAD");
  return [...ALLOW_ORDER.filter((method) => allowed.has(method)), "OPTIONS"].join(", ");
}
