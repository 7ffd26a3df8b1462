import { assertEquals, assertThrows } from "@std/assert";
import { parseResponse } from "./response_parser.ts";

const WITH_LENGTH = 'HTTP/1.1 200 OK\r\nETag: "7"\r\nContent-Length: 13\r\n\r\n{"data":null}';
const KNOWN: readonly (readonly [text: string, status: number, etag: string | undefined])[] = [
  [WITH_LENGTH, 200, '"7"'],
  ["HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", 200, undefined],
  ["HTTP/1.1 204 No Content\r\nvary: Accept\r\n\r\n", 204, undefined],
  ["HTTP/1.1 404 \r\ncontent-length: 2\r\n\r\n{}", 404, undefined],
];

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

Deno.test("parseResponse() waits for all bytes of a response, and ends at its end", () => {
  for (const [text, status, etag] of KNOWN) {
    const bytes = bytesOf(text);
    for (let at = 0; at < bytes.length; at++) {
      assertEquals(parseResponse(bytes.subarray(0, at)), undefined, `complete at byte ${at} of ${text}`);
    }
    for (const more of ["", WITH_LENGTH]) {
      assertEquals(parseResponse(bytesOf(text + more)), { status, etag, length: bytes.length });
    }
  }
});

Deno.test("parseResponse() rejects responses that are not supported", () => {
  const rejected = [
    "HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
  ];
  for (const text of rejected) {
    assertThrows(() => parseResponse(bytesOf(text)), Error, "Reading a response failed");
  }
});
