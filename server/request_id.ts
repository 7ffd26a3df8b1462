import { v7 } from "uuid";

const SANE = /^[A-Za-z0-9._~:/+=@-]{1,128}$/;
const RANDOM_BYTES = 16;

const pool = new Uint8Array(RANDOM_BYTES * 256);
let used = pool.length;

/** The client's `X-Request-Id` where that is sane (1 to 128 unreserved characters), else undefined. */
export function saneRequestId(text: string | null): string | undefined {
  return text !== null && SANE.test(text) ? text : undefined;
}

/** A new UUIDv7. */
export function newRequestId(): string {
  // Random bytes are fetched for many ids at once: asking for sixteen costs nearly as much as asking for thousands.
  if (used === pool.length) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  const random = pool.subarray(used, used + RANDOM_BYTES);
  used += RANDOM_BYTES;
  return v7({ random });
}
