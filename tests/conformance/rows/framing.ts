import type { Expectation, Row, Theme } from "@archway/tools/support/conformance/row.ts";

const HEAD = "POST {list} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n";
const CLOSE = "Connection: close\r\n\r\n";
/** A request that must get no response: it is inside, or behind, a malformed one. */
const SMUGGLED = "DELETE /smuggled HTTP/1.1\r\nHost: {host}\r\nX-Smuggled: {marker}\r\n\r\n";
const NEXT = `GET {nowhere} HTTP/1.1\r\nHost: {host}\r\n${CLOSE}`;

const REFUSED: Expectation = { status: 400, by: "platform" };

/** Lengths of a body that are malformed or contradict each other. */
const LENGTHS: readonly (readonly [name: string, lines: string])[] = [
  ["a negative Content-Length", "Content-Length: -1\r\n"],
  ["a Content-Length with a plus", "Content-Length: +19\r\n"],
  ["a hexadecimal Content-Length", "Content-Length: 0x13\r\n"],
  ["a Content-Length with a point", "Content-Length: 19.0\r\n"],
  ["a Content-Length with an exponent", "Content-Length: 1e1\r\n"],
  ["a Content-Length in words", "Content-Length: {marker}\r\n"],
  ["an empty Content-Length", "Content-Length: \r\n"],
  ["a Content-Length beyond 64 bits", "Content-Length: 99999999999999999999999\r\n"],
  ["a Content-Length of two numbers", "Content-Length: 19 19\r\n"],
  ["two Content-Lengths that differ", "Content-Length: 0\r\nContent-Length: 19\r\n"],
  ["a list of Content-Lengths that differ", "Content-Length: 0, 19\r\n"],
  ["Content-Length behind Transfer-Encoding", "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n"],
  ["Content-Length before Transfer-Encoding", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"],
  ["a Transfer-Encoding that is unknown", "Transfer-Encoding: {marker}\r\n"],
  ["Transfer-Encoding: identity", "Transfer-Encoding: identity\r\n"],
  ["Transfer-Encoding: gzip", "Transfer-Encoding: gzip\r\n"],
  ["chunked that is not last", "Transfer-Encoding: chunked, gzip\r\n"],
  ["chunked twice", "Transfer-Encoding: chunked, chunked\r\n"],
  ["chunked in two fields", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"],
  ["chunked and identity", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"],
  ["chunked with a vertical tab", "Transfer-Encoding: \x0bchunked\r\n"],
  ["chunked in quotes", 'Transfer-Encoding: "chunked"\r\n'],
  ["chunked with a letter more", "Transfer-Encoding: xchunked\r\n"],
  ["a blank before the colon", "Transfer-Encoding : chunked\r\n"],
  ["a blank before the colon of the length", "Content-Length : 19\r\n"],
  ["a length on a folded line", "Content-Length:\r\n 19\r\n"],
];

/** No response may come to what follows: it may be a request, or a body. */
const lengths: readonly Row[] = LENGTHS.map(([name, lines]) => ({
  name,
  request: `${HEAD}${lines}\r\n0\r\n\r\n${SMUGGLED}`,
  client: "ends",
  expect: REFUSED,
}));

/** Chunks that are none. */
const CHUNKS: readonly (readonly [name: string, chunks: string])[] = [
  ["a chunk's size that is no number", "zz\r\n{}\r\n0\r\n\r\n"],
  ["a chunk's size that is negative", "-2\r\n{}\r\n0\r\n\r\n"],
  ["a chunk's size with 0x", "0x2\r\n{}\r\n0\r\n\r\n"],
  ["a chunk's size that is empty", "\r\n{}\r\n0\r\n\r\n"],
  ["a chunk's size beyond 64 bits", "fffffffffffffffff\r\n{}\r\n0\r\n\r\n"],
  ["a chunk that is longer than its size", "1\r\n{}\r\n0\r\n\r\n"],
  ["a chunk with a bare line feed", "2\n{}\n0\n\n"],
  ["a chunk with a carriage return inside its size", "2\r2\r\n{}\r\n0\r\n\r\n"],
];

const chunks: readonly Row[] = CHUNKS.map(([name, text]) => ({
  name,
  request: `${HEAD}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n${text}`,
  expect: REFUSED,
  client: "ends",
}));

const others: readonly Row[] = [
  {
    name: "no Host",
    request: `GET {open} HTTP/1.1\r\n${CLOSE}`,
    expect: { status: [200, 400], by: "platform" },
  },
  {
    name: "two Hosts",
    request: `GET {open} HTTP/1.1\r\nHost: {host}\r\nHost: {marker}.example\r\n${CLOSE}`,
    expect: REFUSED,
  },
  { name: "HTTP/1.0", request: "GET {open} HTTP/1.0\r\nHost: {host}\r\n\r\n", expect: { status: 200 } },
  { name: "HTTP/1.0 without a Host", request: "GET {open} HTTP/1.0\r\n\r\n", expect: { status: [200, 400] } },
  {
    name: "HTTP/1.0 with chunks",
    request: `${
      HEAD.replace("1.1", "1.0")
    }Transfer-Encoding: chunked\r\n\r\n{hexlength}\r\n{sample}\r\n0\r\n\r\n`,
    expect: REFUSED,
  },
  {
    name: "the preface of HTTP/2 on a port without it",
    request: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
    client: "ends",
    expect: { status: 400, by: "platform", speaks: "HTTP/2" },
  },
  {
    name: "bare line feeds",
    request: "GET {open} HTTP/1.1\nHost: {host}\nConnection: close\n\n",
    expect: { status: [200, 400], by: "platform" },
  },
  {
    name: "a blank line in front",
    request: `\r\nGET {open} HTTP/1.1\r\nHost: {host}\r\n${CLOSE}`,
    expect: { status: [200, 400], by: "platform" },
  },
  {
    name: "a request in very small pieces",
    request: [...`GET {open} HTTP/1.1\r\nHost: {host}\r\n${CLOSE}`.split(/(?<=\n)|(?<=: )/)],
    expect: { status: 200 },
  },
  {
    name: "a head that never ends",
    request: "GET {open} HTTP/1.1\r\nHost: {host}\r\nX-Open: {marker}",
    client: "ends",
    expect: REFUSED,
  },
  {
    name: "a connection that says nothing",
    request: "",
    client: "ends",
    expect: REFUSED,
  },
  {
    name: "a body shorter than its Content-Length, and the end",
    request: `${HEAD}Content-Length: 100\r\n${CLOSE}{sample}`,
    client: "ends",
    expect: REFUSED,
  },
  {
    name: "a body longer than its Content-Length is another request",
    request: `${HEAD}Content-Length: {length}\r\n\r\n{sample}{marker}`,
    client: "ends",
    expect: { status: "2xx", then: [400], by: "platform" },
  },
  {
    name: "two Content-Lengths that agree",
    request: `${HEAD}Content-Length: {length}\r\nContent-Length: {length}\r\n${CLOSE}{sample}`,
    expect: { status: [200, 201, 202, 400], by: "platform" },
  },
  // Of a body that is not read, what has not come with the head may cost the connection: where the first read ends
  // (Deno's is of 512 bytes), and so how long the other fields are, decides.
  {
    name: "a request inside a body is no request",
    request:
      `GET {open} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 34\r\n\r\nDELETE /x HTTP/1.1\r\nX-Xx: abcd\r\n\r\n${NEXT}`,
    expect: { status: 200, then: [404], by: "platform" },
  },
  {
    name: "a request inside chunks is no request",
    request:
      `GET {open} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n22\r\nDELETE /x HTTP/1.1\r\nX-Xx: abcd\r\n\r\n\r\n0\r\n\r\n${NEXT}`,
    expect: { status: 200, then: [404], by: "platform" },
  },
  {
    name: "a request inside the body of a request that is refused is no request",
    request:
      `POST {nowhere} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 34\r\n\r\nDELETE /x HTTP/1.1\r\nX-Xx: abcd\r\n\r\n${NEXT}`,
    expect: { status: 404, then: [404], by: "platform" },
  },
  {
    name: "fields in a trailer change nothing",
    request:
      `${HEAD}Transfer-Encoding: chunked\r\nTrailer: Content-Type\r\n\r\n{hexlength}\r\n{sample}\r\n0\r\nContent-Type: text/html\r\nX-T: {marker}\r\n\r\n${NEXT}`,
    expect: { status: "2xx", then: [404] },
  },
  {
    name: "extensions of chunks change nothing",
    request:
      `${HEAD}Transfer-Encoding: chunked\r\n${CLOSE}{hexlength};a=b;{marker}\r\n{sample}\r\n0;x\r\n\r\n`,
    expect: { status: [200, 201, 202, 400], by: "platform" },
  },
  {
    name: "an extension of a chunk of 100,000 bytes",
    request: `${HEAD}Transfer-Encoding: chunked\r\n${CLOSE}{hexlength};${
      "a".repeat(100_000)
    }\r\n{sample}\r\n0\r\n\r\n`,
    expect: { status: [200, 201, 202, 400], by: "platform" },
  },
  {
    name: "Expect: 100-continue",
    request: `${HEAD}Expect: 100-continue\r\nContent-Length: {length}\r\n${CLOSE}{sample}`,
    expect: { status: "2xx", continues: true },
  },
  {
    name: "Expect: 100-continue for what is refused: the platform asks for the body all the same",
    request:
      `POST {nowhere} HTTP/1.1\r\nHost: {host}\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n${CLOSE}`,
    client: "leaves",
    expect: { status: 404, continues: true },
  },
  {
    name: "Expect of something else",
    request: `${HEAD}Expect: {marker}\r\nContent-Length: {length}\r\n${CLOSE}{sample}`,
    expect: { status: [200, 201, 202, 417] },
  },
  {
    name: "an upgrade to h2c with its settings",
    request:
      "GET {open} HTTP/1.1\r\nHost: {host}\r\nConnection: close, Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
    expect: { status: 200 },
  },
  {
    name: "an upgrade to a web socket with its key",
    request:
      "GET {get} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    client: "leaves",
    expect: { status: 200 },
  },
  {
    name: "fifty requests at once on one connection",
    request: `${"GET {nowhere} HTTP/1.1\r\nHost: {host}\r\n\r\n".repeat(49)}${NEXT}`,
    expect: { status: 404, then: Array.from({ length: 49 }, () => 404) },
  },
];

/** Requests whose bytes do not define where they end, or define it twice. */
export const FRAMING: Theme = {
  name: "framing",
  section: "RFC 9112, section 6.3",
  rows: [...lengths, ...chunks, ...others],
};

/** Bodies whose end does not come: a program of Archway with a short READ_TIMEOUT does not wait for long. */
export const TIMEOUTS: Theme = {
  name: "timeouts",
  section: "RFC 9110, section 15.5.9",
  rows: [
    {
      name: "a body shorter than its Content-Length, and no end",
      request: `${HEAD}Content-Length: 100\r\n${CLOSE}{sample}`,
      client: "leaves",
      expect: { status: 408 },
    },
    {
      name: "chunks without their end",
      request: `${HEAD}Transfer-Encoding: chunked\r\n${CLOSE}5\r\n{"nam\r\n`,
      client: "leaves",
      expect: { status: 408 },
    },
  ],
};
