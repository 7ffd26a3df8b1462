import { byteText } from "./row.ts";

/** A response as it came. */
export interface RawResponse {
  readonly status: number;
  /** The statuses of the interim responses in front of it (RFC 9110, section 15.2). */
  readonly interim: readonly number[];
  /** Values by name in lower case; what is there twice is joined with commas. */
  readonly headers: ReadonlyMap<string, string>;
  /** The body's bytes as characters. */
  readonly body: string;
  /** Everything, head and framing included, as characters. */
  readonly whole: string;
}

/** Responses that the bytes of a connection hold. */
export interface ParsedResponses {
  readonly responses: readonly RawResponse[];
  /** Bytes after the last complete response. */
  readonly rest: string;
}

/** Bytes that are no HTTP/1.1 responses. */
export class MalformedResponse extends Error {
  override readonly name = "MalformedResponse";
}

const STATUS_LINE = /^HTTP\/1\.[01] ([1-5][0-9]{2})(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/;

/**
 * Reads the responses at the beginning of what came on a connection, strictly (RFC 9112).
 *
 * @throws {MalformedResponse} when the bytes cannot be the beginning of responses.
 */
export function parseResponses(
  bytes: Uint8Array,
  { bodiless, ended }: { bodiless: boolean; ended: boolean },
): ParsedResponses {
  const text = byteText(bytes);
  const responses: RawResponse[] = [];
  let interim: number[] = [];
  let start = 0;
  let at = 0;
  for (;;) {
    const headEnd = text.indexOf("\r\n\r\n", at);
    if (headEnd === -1) break;
    const { status, headers } = parseHead(text.slice(at, headEnd));
    at = headEnd + 4;
    if (status < 200) {
      interim.push(status);
      continue;
    }
    const isEmpty = (bodiless && responses.length === 0) || status === 204 || status === 304;
    const body = isEmpty ? { text: "", end: at } : readBody(text, at, { headers, ended });
    if (body === undefined) break;
    responses.push({ status, interim, headers, body: body.text, whole: text.slice(start, body.end) });
    interim = [];
    start = at = body.end;
  }
  const rest = text.slice(start);
  if (rest !== "" && !"HTTP/1.".startsWith(rest.slice(0, 7))) {
    throw new MalformedResponse("What came is no HTTP/1.1 response");
  }
  return { responses, rest };
}

function parseHead(head: string): { status: number; headers: ReadonlyMap<string, string> } {
  const [first = "", ...lines] = head.split("\r\n");
  const status = STATUS_LINE.exec(first)?.[1];
  if (status === undefined) throw new MalformedResponse("The status line is malformed");
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value = ""] = FIELD.exec(line) ?? [];
    if (name === undefined) throw new MalformedResponse("A header field is malformed");
    const key = name.toLowerCase();
    const other = headers.get(key);
    headers.set(key, other === undefined ? value : `${other}, ${value}`);
  }
  return { status: Number(status), headers };
}

interface BodyOptions {
  readonly headers: ReadonlyMap<string, string>;
  readonly ended: boolean;
}

/** The body and where it ends; undefined when it has not come whole. */
function readBody(
  text: string,
  start: number,
  { headers, ended }: BodyOptions,
): { text: string; end: number } | undefined {
  const length = headers.get("content-length");
  if (headers.get("transfer-encoding") === "chunked") {
    if (length !== undefined) throw new MalformedResponse("A response has two lengths");
    return readChunks(text, start);
  }
  if (length === undefined) return ended ? { text: text.slice(start), end: text.length } : undefined;
  if (!/^[0-9]+$/.test(length)) throw new MalformedResponse("The Content-Length is malformed");
  const end = start + Number(length);
  return end > text.length ? undefined : { text: text.slice(start, end), end };
}

function readChunks(text: string, start: number): { text: string; end: number } | undefined {
  let body = "";
  for (let at = start;;) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd === -1) return undefined;
    const [, digits] = /^([0-9A-Fa-f]{1,8})$/.exec(text.slice(at, lineEnd)) ?? [];
    if (digits === undefined) throw new MalformedResponse("A chunk's size is malformed");
    const size = Number.parseInt(digits, 16);
    const end = lineEnd + 2 + size;
    if (text.length < end + 2) return undefined;
    if (text.slice(end, end + 2) !== "\r\n") throw new MalformedResponse("A chunk is longer than its size");
    body += text.slice(lineEnd + 2, end);
    at = end + 2;
    if (size === 0) return { text: body, end: at };
  }
}
