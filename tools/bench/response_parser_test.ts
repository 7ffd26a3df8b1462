import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { ResponseParser } from "./response_parser.ts";

const WITH_LENGTH = 'HTTP/1.1 200 OK\r\nETag: "7"\r\nContent-Length: 13\r\n\r\n{"data":null}';
const CHUNKED = 'HTTP/1.1 201 Created\r\netag: "1"\r\ntransfer-encoding: chunked\r\n\r\n' +
  "5\r\nhello\r\n00b;x=y\r\n\r\n, world\r\n\r\n0\r\nX-Trailer: 1\r\n\r\n";
const EMPTY = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
const NO_CONTENT = "HTTP/1.1 204 No Content\r\nvary: Accept\r\n\r\n";
const INTERIM = `HTTP/1.1 100 Continue\r\n\r\n${WITH_LENGTH}`;
const WITHOUT_REASON = "HTTP/1.1 404 \r\ncontent-length: 2\r\n\r\n{}";

const KNOWN: readonly (readonly [text: string, status: number, etag: string | undefined])[] = [
  [WITH_LENGTH, 200, '"7"'],
  [CHUNKED, 201, '"1"'],
  [EMPTY, 200, undefined],
  [NO_CONTENT, 204, undefined],
  [INTERIM, 200, '"7"'],
  [WITHOUT_REASON, 404, undefined],
];

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

Deno.test("ResponseParser.push() reads a response that is split at any byte", () => {
  for (const [text, status, etag] of KNOWN) {
    const bytes = bytesOf(text);
    for (let at = 1; at < bytes.length; at++) {
      const parser = new ResponseParser();
      assertFalse(parser.push(bytes.subarray(0, at)), `complete at byte ${at} of ${text}`);
      assert(parser.push(bytes.subarray(at)), `not complete when split at byte ${at} of ${text}`);
      assertEquals([parser.status, parser.etag], [status, etag]);
    }
  }
});

Deno.test("ResponseParser.push() reads a response byte by byte, in a buffer that is used again", () => {
  for (const [text, status] of KNOWN) {
    const parser = new ResponseParser();
    const buffer = new Uint8Array(1);
    const complete = [...bytesOf(text)].map((byte) => {
      buffer[0] = byte;
      return parser.push(buffer);
    });
    assertEquals(complete.indexOf(true), text.length - 1);
    assertEquals(parser.status, status);
  }
});

Deno.test("ResponseParser.push() reads one response after the other", () => {
  const parser = new ResponseParser();
  for (const [text, status, etag] of [...KNOWN, ...KNOWN]) {
    assert(parser.push(bytesOf(text)));
    assertEquals([parser.status, parser.etag], [status, etag]);
  }
});

Deno.test("ResponseParser.push() refuses what it cannot read", () => {
  const refused = [
    "HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nabc\r\n",
    `${EMPTY}${EMPTY}`,
  ];
  for (const text of refused) {
    assertThrows(() => new ResponseParser().push(bytesOf(text)), Error, "Reading a response failed");
  }
});
