import { v7 } from "uuid";

const SANE = /^[A-Za-z0-9._~:/+=@-]{1,128}$/;

/** The client's `X-Request-Id` where that is sane (1 to 128 unreserved characters), else undefined. */
export function saneRequestId(text: string | null): string | undefined {
  return text !== null && SANE.test(text) ? text : undefined;
}

/** A new UUIDv7 (RFC 9562, section 5.7). */
export function newRequestId(): string {
  return v7();
}
