/** Bytes that have arrived. */
export interface Received {
  readonly buffer: Uint8Array<ArrayBuffer>;
  /** How many of the buffer's bytes they are. */
  readonly count: number;
}

/** Where bytes come from: a connection is one. */
export interface ByteSource {
  read(buffer: Uint8Array): Promise<number | null>;
}

const LF = 10;
const CR = 13;
/** The room for a first head: most are smaller. */
const SMALL_HEAD = 4096;
/** A head that is longer is the HTTP server's to refuse. */
const LARGEST_HEAD = 65_536;

/**
 * Reads until the head of a request is complete, or is too long: until an empty line (RFC 9112, section 2.1), whose end
 * may be a bare LF (section 2.2). What HTTP/2 begins with has one, too (RFC 9113, section 3.4).
 *
 * @returns undefined when the other side ends before.
 */
export async function readHead(source: ByteSource, onReceived: () => void): Promise<Received | undefined> {
  let buffer = new Uint8Array(SMALL_HEAD);
  let count = 0;
  for (;;) {
    const read = await source.read(buffer.subarray(count));
    if (read === null) return undefined;
    onReceived();
    // The empty line may have begun with what came before.
    const from = Math.max(0, count - 2);
    count += read;
    if (hasEmptyLine(buffer.subarray(from, count)) || count === LARGEST_HEAD) return { buffer, count };
    if (count === buffer.length) {
      const larger = new Uint8Array(Math.min(LARGEST_HEAD, buffer.length * 4));
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
