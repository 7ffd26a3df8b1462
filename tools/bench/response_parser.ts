const DECODER = new TextDecoder("latin1");
const CR = 13;
const LF = 10;

/** A complete response, without its body. */
export interface ParsedResponse {
  readonly status: number;
  /** `ETag` as it was sent. */
  readonly etag: string | undefined;
  /** Number of its bytes. */
  readonly length: number;
}

/**
 * Parses the HTTP/1.1 response (RFC 9112) at the beginning of some bytes, with Content-Length or chunked; undefined if it
 * is not complete. Responses to HEAD, and those that end with their connection, are not supported.
 *
 * @throws {Error} if the bytes are no supported response.
 */
export function parseResponse(bytes: Uint8Array): ParsedResponse | undefined {
  let start = 0;
  while (true) {
    const end = endOfHead(bytes, start);
    if (end === undefined) return undefined;
    const head = DECODER.decode(bytes.subarray(start, end));
    const status = Number(/^HTTP\/1\.1 (\d{3})[ \r]/.exec(head)?.[1] ?? fail("no HTTP/1.1 status line"));
    start = end;
    // Interim responses precede the final one (RFC 9110, section 15.2).
    if (status < 200) continue;
    const length = endOfBody(bytes, { head, status, start });
    const etag = /\r\netag:[ \t]*([^\r]*?)[ \t]*\r/i.exec(head)?.[1];
    return length === undefined || length > bytes.length ? undefined : { status, etag, length };
  }
}

interface Head {
  readonly head: string;
  readonly status: number;
  readonly start: number;
}

function endOfBody(bytes: Uint8Array, { head, status, start }: Head): number | undefined {
  if (status === 204 || status === 304) return start;
  if (/\r\ntransfer-encoding:[ \t]*chunked[ \t]*\r/i.test(head)) return endOfChunks(bytes, start);
  const length = /\r\ncontent-length:[ \t]*(\d+)[ \t]*\r/i.exec(head)?.[1];
  return start + Number(length ?? fail("it has no length"));
}

function endOfChunks(bytes: Uint8Array, start: number): number | undefined {
  let size = -1;
  for (let at = start; at < bytes.length;) {
    const end = endOfLine(bytes, at);
    if (end === undefined) return undefined;
    const line = DECODER.decode(bytes.subarray(at, end - 2));
    at = end;
    // After the last chunk, trailers end with an empty line.
    if (size === 0 && line === "") return end;
    if (size === 0) continue;
    size = Number.parseInt(
      /^([0-9a-f]{1,8})(?:[ \t]*;.*)?$/i.exec(line)?.[1] ?? fail("a chunk has no size"),
      16,
    );
    if (size === 0) continue;
    at += size + 2;
    if (at <= bytes.length && (bytes[at - 2] !== CR || bytes[at - 1] !== LF)) {
      fail("a chunk exceeds its size");
    }
  }
  return undefined;
}

function endOfLine(bytes: Uint8Array, offset: number): number | undefined {
  const lf = bytes.indexOf(LF, offset);
  return lf > offset && bytes[lf - 1] === CR ? lf + 1 : undefined;
}

function endOfHead(bytes: Uint8Array, offset: number): number | undefined {
  for (let lf = bytes.indexOf(LF, offset + 3); lf !== -1; lf = bytes.indexOf(LF, lf + 1)) {
    if (bytes[lf - 1] === CR && bytes[lf - 2] === LF && bytes[lf - 3] === CR) return lf + 1;
  }
  return undefined;
}

function fail(reason: string): never {
  throw new Error(`Reading a response failed: ${reason}`);
}
