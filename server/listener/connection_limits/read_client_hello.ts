import type { ByteSource, Received } from "./read_head.ts";

const HANDSHAKE = 22;
const HEADER_BYTES = 5;
/** Maximum size of a record: its header, and 16 KiB (RFC 8446, section 5.1). */
const MAX_RECORD = HEADER_BYTES + 16_384;

/**
 * Reads the first record of a TLS connection, which usually has the whole ClientHello. Stops early at bytes that are
 * not a handshake; the HTTP server rejects them.
 *
 * @returns undefined if the other side closes first.
 */
export async function readClientHello(
  source: ByteSource,
  onReceived: () => void,
): Promise<Received | undefined> {
  const buffer = new Uint8Array(MAX_RECORD);
  let count = 0;
  for (;;) {
    const read = await source.read(buffer.subarray(count));
    if (read === null) return undefined;
    onReceived();
    count += read;
    if (buffer[0] !== HANDSHAKE || count === MAX_RECORD) break;
    const size = HEADER_BYTES + ((buffer[3] ?? 0) << 8) + (buffer[4] ?? 0);
    if (count >= HEADER_BYTES && count >= size) break;
  }
  // A copy, because the connection keeps its buffer.
  return { buffer: buffer.slice(0, Math.max(count, 4096)), count };
}
