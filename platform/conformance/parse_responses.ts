import { bytesOf, byteText } from "./row.ts";

/** A response as it came. */
export interface RawResponse {
  readonly status: number;
  /** Statuses of the interim responses in front of it (RFC 9110, section 15.2). */
  readonly interim: readonly number[];
  /** Values by name in lower case; those of a repeated field are joined with commas. */
  readonly headers: ReadonlyMap<string, string>;
  /** The body's bytes as characters. */
  readonly body: string;
  /** Everything, head and framing included, as characters. */
  readonly whole: string;
}

/** Parses a body; undefined if it is no JSON in UTF-8. */
export function parseBody({ body }: RawResponse): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytesOf(body)));
  } catch {
    return undefined;
  }
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

interface ParseOptions {
  /** Whether the first response is one to HEAD. */
  readonly bodiless: boolean;
  /** Whether the connection has ended. */
  readonly ended: boolean;
}

const STATUS_LINE = /^HTTP\/1\.[01] ([1-5][0-9]{2})(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/;
const CHUNK = /([0-9A-Fa-f]{1,8})\r\n/y;

/**
 * Reads the responses at the beginning of what came on a connection, strictly (RFC 9112).
 *
 * @throws {MalformedResponse} when the bytes cannot be the beginning of responses.
 */
export function parseResponses(bytes: Uint8Array, { bodiless, ended }: ParseOptions): ParsedResponses {
  const text = byteText(bytes);
  const responses: RawResponse[] = [];
  let interim: number[] = [];
  let start = 0;
  for (let at = 0;;) {
    const headEnd = text.indexOf("\r\n\r\n", at);
    if (headEnd === -1) break;
    const { status, headers } = parseHead(text.slice(at, headEnd));
    at = headEnd + 4;
    if (status < 200) {
      interim.push(status);
      continue;
    }
    const isEmpty = (bodiless && responses.length === 0) || status === 204 || status === 304;
    const read = isEmpty ? { body: "", end: at } : readBody(text.slice(at), headers, ended);
    if (read === undefined) break;
    const end = isEmpty ? at : at + read.end;
    responses.push({ status, interim, headers, body: read.body, whole: text.slice(start, end) });
    interim = [];
    start = at = end;
  }
  const rest = text.slice(start);
  if (rest !== "" && !"HTTP/1.".startsWith(rest.slice(0, 7))) {
    malformed("Bytes came that are no HTTP/1.1 response");
  }
  return { responses, rest };
}

function parseHead(head: string): { status: number; headers: ReadonlyMap<string, string> } {
  const [first = "", ...lines] = head.split("\r\n");
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name = malformed("A header field is malformed"), value = ""] = FIELD.exec(line) ?? [];
    const other = headers.get(name.toLowerCase());
    headers.set(name.toLowerCase(), other === undefined ? value : `${other}, ${value}`);
  }
  return {
    status: Number(STATUS_LINE.exec(first)?.[1] ?? malformed("The status line is malformed")),
    headers,
  };
}

/** Returns the body and where it ends; undefined if it is incomplete. */
function readBody(
  text: string,
  headers: ReadonlyMap<string, string>,
  ended: boolean,
): { body: string; end: number } | undefined {
  const length = headers.get("content-length");
  if (headers.get("transfer-encoding") === "chunked") {
    return length === undefined ? readChunks(text) : malformed("A response has two lengths");
  }
  if (length === undefined) return ended ? { body: text, end: text.length } : undefined;
  if (!/^[0-9]+$/.test(length)) malformed("The Content-Length is malformed");
  return text.length < Number(length)
    ? undefined
    : { body: text.slice(0, Number(length)), end: Number(length) };
}

function readChunks(text: string): { body: string; end: number } | undefined {
  let body = "";
  for (let at = 0;;) {
    if (!text.includes("\r\n", at)) return undefined;
    CHUNK.lastIndex = at;
    const size = Number.parseInt(CHUNK.exec(text)?.[1] ?? malformed("The size of a chunk is malformed"), 16);
    const data = CHUNK.lastIndex;
    at = data + size + 2;
    if (text.length < at) return undefined;
    if (text.slice(at - 2, at) !== "\r\n") malformed("A chunk is longer than its size");
    body += text.slice(data, data + size);
    if (size === 0) return { body, end: at };
  }
}

function malformed(message: string): never {
  throw new MalformedResponse(message);
}
