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
 * Parses the HTTP/1.1 response (RFC 9112) at the beginning of some bytes; undefined if it is not complete. It has to
 * have a Content-Length: servers of the bench send no chunks.
 *
 * @throws {Error} if the bytes are no such response.
 */
export function parseResponse(bytes: Uint8Array): ParsedResponse | undefined {
  const start = endOfHead(bytes);
  if (start === undefined) return undefined;
  const head = DECODER.decode(bytes.subarray(0, start));
  const [, status] = /^HTTP\/1\.1 ([2-5]\d\d)[ \r]/.exec(head) ?? [];
  if (status === undefined) throw new Error("Reading a response failed: no final HTTP/1.1 status line");
  const hasBody = status !== "204" && status !== "304";
  const [, size] = hasBody ? /\r\ncontent-length:[ \t]*(\d+)[ \t]*\r/i.exec(head) ?? [] : ["", "0"];
  if (size === undefined) throw new Error("Reading a response failed: it has no Content-Length");
  const length = start + Number(size);
  const [, etag] = /\r\netag:[ \t]*([^\r]*?)[ \t]*\r/i.exec(head) ?? [];
  return length > bytes.length ? undefined : { status: Number(status), etag, length };
}

function endOfHead(bytes: Uint8Array): number | undefined {
  for (let lf = bytes.indexOf(LF, 3); lf !== -1; lf = bytes.indexOf(LF, lf + 1)) {
    if (bytes[lf - 1] === CR && bytes[lf - 2] === LF && bytes[lf - 3] === CR) return lf + 1;
  }
  return undefined;
}
