/** Status of a response that is written without the request pipeline. */
export type RawStatus = 408 | 503;

const TITLES: Readonly<Record<RawStatus, readonly [slug: string, title: string, reason: string]>> = {
  408: ["request-timeout", "Request timeout", "Request Timeout"],
  503: ["unavailable", "Service unavailable", "Service Unavailable"],
};

const DETAILS: Readonly<Record<RawStatus, string>> = {
  408: "The request headers did not arrive in time",
  503: "The server has reached its connection limit",
};

/** Returns a complete HTTP/1.1 response with a problem (RFC 9457) that closes the connection. */
export function rawResponse(status: RawStatus): Uint8Array<ArrayBuffer> {
  const [slug, title, reason] = TITLES[status];
  const requestId = crypto.randomUUID();
  const problem = {
    type: `/problems/${slug}`,
    title,
    status,
    detail: DETAILS[status],
    instance: `urn:uuid:${requestId}`,
    requestId,
  };
  const body = JSON.stringify(problem);
  const lines = [
    `HTTP/1.1 ${status} ${reason}`,
    "Content-Type: application/problem+json",
    "Cache-Control: no-store, no-transform",
    "X-Content-Type-Options: nosniff",
    `X-Request-Id: ${requestId}`,
    ...(status === 503 ? ["Retry-After: 1"] : []),
    "Connection: close",
    `Content-Length: ${body.length}`,
  ];
  return new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n${body}`);
}
