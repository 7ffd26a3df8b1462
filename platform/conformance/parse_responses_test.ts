import { assertEquals, assertThrows } from "@std/assert";
import { MalformedResponse, type ParsedResponses, parseResponses } from "./parse_responses.ts";
import { bytesOf } from "./row.ts";

function parse(text: string, { bodiless = false, ended = true } = {}): ParsedResponses {
  return parseResponses(bytesOf(text), { bodiless, ended });
}

const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

Deno.test("parseResponses() reads responses one after the other, with interim ones in front", () => {
  const { responses, rest } = parse(
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nA: 1\r\na:  2 \r\nContent-Length: 2\r\n\r\nab" +
      `${CHUNKED}2\r\nab\r\n1\r\nc\r\n0\r\n\r\nHTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 20`,
  );
  const read = responses.map(({ status, interim, body }) => [status, interim, body]);
  assertEquals(read, [[201, [100], "ab"], [200, [], "abc"], [204, [], ""]]);
  assertEquals([responses[0]?.headers.get("a"), rest], ["1, 2", "HTTP/1.1 20"]);
});

Deno.test("parseResponses() waits for what has not come, and takes the end of the connection for that of a body", () => {
  for (const text of [`${OK}Content-Length: 3\r\n\r\nab`, `${CHUNKED}2\r\nab`]) {
    assertEquals(parse(text).responses, []);
  }
  assertEquals(parse(`${OK}\r\nab`, { ended: false }).responses, []);
  assertEquals(parse(`${OK}\r\nab`).responses[0]?.body, "ab");
  assertEquals(parse(`${OK}Content-Length: 3\r\n\r\n`, { bodiless: true }).responses[0]?.body, "");
});

Deno.test("parseResponses() refuses bytes that are no HTTP", () => {
  const heads = [
    "A b: c",
    "A: b\rc",
    "Content-Length: -1",
    "Transfer-Encoding: chunked\r\nContent-Length: 1",
  ];
  const texts = [
    "hello",
    "\x00\x00\x12\x04",
    "HTTP/1.1 99 X\r\n\r\n",
    `${CHUNKED}x\r\n`,
    `${CHUNKED}1\r\nabc\r\n`,
  ];
  for (const text of [...texts, ...heads.map((head) => `${OK}${head}\r\n\r\n`)]) {
    assertThrows(() => parse(text), MalformedResponse);
  }
});
