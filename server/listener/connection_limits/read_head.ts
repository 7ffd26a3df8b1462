/** Received bytes. */
export interface Received {
  readonly buffer: Uint8Array<ArrayBuffer>;
  /** Number of bytes in the buffer. */
  readonly count: number;
}

/** Source of bytes, such as a connection. */
export interface ByteSource {
  read(buffer: Uint8Array): Promise<number | null>;
}

const LF = 10;
const CR = 13;
/** Initial buffer size in bytes; most request heads are smaller. */
const SMALL_HEAD = 1024;
/** Maximum number of bytes read; the HTTP server rejects larger heads. */
const MAX_HEAD = 65_536;

/**
 * Reads until the head of a request is complete or too long. A head ends with an empty line (RFC 9112, section 2.1),
 * which may end with a bare LF (section 2.2); so does the HTTP/2 preface (RFC 9113, section 3.4).
 *
 * @returns undefined if the other side closes first.
 */
export async function readHead(source: ByteSource, onReceived: () => void): Promise<Received | undefined> {
  let buffer = new Uint8Array(SMALL_HEAD);
  let count = 0;
  for (;;) {
    const read = await source.read(buffer.subarray(count));
    if (read === null) return undefined;
    onReceived();
    // The empty line may begin in the previous piece.
    const from = Math.max(0, count - 2);
    count += read;
    if (hasEmptyLine(buffer.subarray(from, count)) || count === MAX_HEAD) return { buffer, count };
    if (count === buffer.length) {
      const larger = new Uint8Array(Math.min(MAX_HEAD, buffer.length * 4));
      larger.set(buffer);
      buffer = larger;
    }
  }
}

function hasEmptyLine(bytes: Uint8Array): boolean {
  for (let end = bytes.indexOf(LF); end !== -1; end = bytes.indexOf(LF, end + 1)) {
    const next = bytes[end + 1];
    if (next === LF || (next === CR && bytes[end + 2] === LF)) return true;
  }
  return false;
}
