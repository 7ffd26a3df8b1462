import type { SizedStream } from "./operation.ts";
import { Problem } from "./problem.ts";

/** Representation of known size that clients may request in parts. */
export interface RangedContent {
  /** Number of bytes. */
  readonly size: number;
  /** Opens the bytes from `start` to before `end`; or all bytes. */
  readonly content: Uint8Array | ((range: ByteRange) => ByteStream | Promise<ByteStream>);
  /** Strong entity tag, such as `"7"`, without which a client cannot combine parts. */
  readonly etag: string;
  /** Time of the last change, to the second. */
  readonly lastModified?: Date;
}

type ByteStream = ReadableStream<Uint8Array>;

/** Bytes from `start` to before `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Request headers of a download, as parameters of the operation. */
export interface RangeHeaders {
  readonly Range?: string;
  readonly "If-Range"?: string;
}

/** Headers of a download. */
export type DownloadHeaders = {
  readonly "Accept-Ranges": "bytes";
  readonly ETag: string;
  readonly "Last-Modified"?: string;
};

/** Response to a download: the whole representation, or the requested part. */
export type DownloadResponse =
  | { readonly status: 200; readonly headers: DownloadHeaders; readonly body: SizedStream }
  | {
    readonly status: 206;
    readonly headers: DownloadHeaders & { readonly "Content-Range": string };
    readonly body: SizedStream;
  };

const SINGLE = /^bytes *= *(\d*)-(\d*) *$/i;

/**
 * Returns the response to a GET of a representation of known size, with the part that `Range` asks for (RFC 9110,
 * section 14). Several ranges get the whole, and so does a range of another version by `If-Range`.
 *
 * The operation declares the header parameters `Range` and `If-Range`, and the responses 200 and 206 with the headers.
 *
 * @throws {Problem} 416 if the range has no byte of the representation.
 */
export function downloadResponse(content: RangedContent, headers: RangeHeaders = {}): DownloadResponse {
  const { size, etag, lastModified } = content;
  const own: DownloadHeaders = {
    "Accept-Ranges": "bytes",
    ETag: etag,
    ...(lastModified === undefined ? {} : { "Last-Modified": lastModified.toUTCString() }),
  };
  const range = isCurrent(headers["If-Range"], content) ? parseRange(headers.Range, size) : undefined;
  if (range === undefined) return { status: 200, headers: own, body: part(content, { start: 0, end: size }) };
  return {
    status: 206,
    headers: { ...own, "Content-Range": `bytes ${range.start}-${range.end - 1}/${size}` },
    body: part(content, range),
  };
}

/**
 * Parses a `Range` of a representation. Returns undefined for the whole: without a header, for several ranges, another
 * unit or a malformed header, which are all ignored.
 *
 * @throws {Problem} 416 if the range has no byte of the representation.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const [, first = "", last = ""] = SINGLE.exec(header ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  if (first === "") {
    const length = Number(last);
    if (length === 0 || size === 0) throw unsatisfiable(size);
    return { start: Math.max(0, size - length), end: size };
  }
  const start = Number(first);
  if (last !== "" && Number(last) < start) return undefined;
  if (start >= size) throw unsatisfiable(size);
  return { start, end: last === "" ? size : Math.min(Number(last) + 1, size) };
}

/** Whether a range may be sent: `If-Range` is absent or names this version (RFC 9110, section 13.1.5). */
function isCurrent(ifRange: string | undefined, { etag, lastModified }: RangedContent): boolean {
  if (ifRange === undefined) return true;
  const condition = ifRange.trim();
  // Compared strongly, so that a weak tag never matches.
  if (condition.startsWith('"')) return condition === etag;
  return lastModified !== undefined && condition === lastModified.toUTCString();
}

function part({ content }: RangedContent, range: ByteRange): SizedStream {
  const { start, end } = range;
  return {
    size: end - start,
    open: () =>
      content instanceof Uint8Array ? ReadableStream.from([content.subarray(start, end)]) : content(range),
  };
}

function unsatisfiable(size: number): Problem {
  return new Problem(416, "range-not-satisfiable", {
    detail: `The representation has ${size} bytes, and the range none of them`,
    headers: { "Content-Range": `bytes */${size}`, "Accept-Ranges": "bytes" },
  });
}
