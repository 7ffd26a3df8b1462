import { bytesOf } from "./row.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { MalformedResponse, type ParsedResponses, parseResponses } from "./parse_responses.ts";

function parse(text: string, { bodiless = false, ended = true } = {}): ParsedResponses {
  return parseResponses(bytesOf(text), { bodiless, ended });
}

const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

Deno.test("parseResponses() reads responses one after the other, with interim ones in front", () => {
  const { responses, rest } = parse(
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nA: 1\r\na:  2 \r\nContent-Length: 2\r\n\r\nab" +
      `${CHUNKED}2\r\nab\r\n1\r\nc\r\n0\r\n\r\n` +
      "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 20",
  );
  assertEquals(responses.map(({ status, interim, body }) => [status, interim, body]), [
    [201, [100], "ab"],
    [200, [], "abc"],
    [204, [], ""],
  ]);
  assertEquals(responses[0]?.headers.get("a"), "1, 2");
  assertEquals(rest, "HTTP/1.1 20");
});

Deno.test("parseResponses() waits for what has not come, and takes the end of the connection for that of a body", () => {
  assertEquals(parse("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab").responses, []);
  assertEquals(parse(`${CHUNKED}2\r\nab`).responses, []);
  assertEquals(parse("HTTP/1.1 200 OK\r\n\r\nab", { ended: false }).responses, []);
  assertEquals(parse("HTTP/1.1 200 OK\r\n\r\nab").responses[0]?.body, "ab");
  assertEquals(
    parse("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", { bodiless: true }).responses[0]?.body,
    "",
  );
});

Deno.test("parseResponses() refuses what is no HTTP", () => {
  const texts = [
    "hello",
    "\x00\x00\x12\x04",
    "HTTP/1.1 99 X\r\n\r\n",
    "HTTP/1.1 200 OK\r\nA b: c\r\n\r\n",
    "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
    `${CHUNKED}x\r\n`,
    `${CHUNKED}1\r\nabc\r\n`,
  ];
  for (const text of texts) assertThrows(() => parse(text), MalformedResponse);
});
