/** Random bytes that are drawn at once, as every call of the generator costs a microsecond. */
const pool = new Uint8Array(8192);
let used = pool.length;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/**
 * Returns a new trace ID: 8 hexadecimal digits of the time in seconds, as AWS X-Ray requires, and 24 random ones. For
 * others it is as random as their samplers expect (W3C Trace Context Level 2, section 3.2.2.3.1).
 */
export function newTraceId(): string {
  const seconds = Math.floor(Date.now() / 1000) >>> 0;
  return seconds.toString(16).padStart(8, "0") + randomHex(4) + randomHex(8);
}

/** Returns a new span ID. */
export function newSpanId(): string {
  const id = randomHex(8);
  // All zeros are invalid.
  return id === "0000000000000000" ? "0000000000000001" : id;
}

function randomHex(bytes: 4 | 8): string {
  if (used + bytes > pool.length) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  const start = used;
  used += bytes;
  const first = hex(start) + hex(start + 1) + hex(start + 2) + hex(start + 3);
  return bytes === 4 ? first : first + hex(start + 4) + hex(start + 5) + hex(start + 6) + hex(start + 7);
}

function hex(index: number): string {
  return HEX[pool[index] ?? 0] ?? "";
}
