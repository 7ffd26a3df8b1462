/**
 * The methods of RFC 9110, section 9, PATCH (RFC 5789), and QUERY (draft-ietf-httpbis-safe-method-w-body), which
 * clients have begun to send. Any other one is answered 501.
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

const ALLOW_ORDER = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** The value of `Allow` for a resource that serves these methods: HEAD comes with GET, OPTIONS always. */
export function allowHeader(methods: Iterable<string>): string {
  const offered = new Set(methods);
  if (offered.has("GET")) offered.add("HEAD");
  return [...ALLOW_ORDER.filter((method) => offered.has(method)), "OPTIONS"].join(", ");
}
