import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { readResponseHead, type ResponseHead } from "./read_response_head.ts";
import { TargetError } from "./target_error.ts";

/** Reads a response that arrives in pieces. */
function read(...pieces: readonly string[]): Promise<ResponseHead> {
  const chunks = pieces.map((piece) => new TextEncoder().encode(piece));
  return readResponseHead({ read: () => Promise.resolve(chunks.shift() ?? null) });
}

Deno.test("readResponseHead() returns the status and the remaining bytes, however the response is split", async () => {
  const cases: readonly (readonly [string, ResponseHead])[] = [
    ["HTTP/1.1 200 OK\r\n\r\n", { status: 200, remaining: undefined }],
    ["HTTP/1.0 404\r\n\r\n", { status: 404, remaining: undefined }],
    ["HTTP/1.1 204 \r\nX: y\r\n\r\n", { status: 204, remaining: undefined }],
    ["HTTP/1.1 429 Slow\r\nretry-AFTER: \t 120 \r\n\r\n", {
      status: 429,
      retryAfter: "120",
      remaining: undefined,
    }],
    ["HTTP/1.1 503 \r\nRetry-After:\r\nX-Retry-After: 1\r\n\r\n", { status: 503, remaining: undefined }],
    ["HTTP/1.1 200 OK\r\ncontent-LENGTH: 10\r\n\r\nabc", { status: 200, remaining: 7 }],
    ["HTTP/1.1 500 Nein\r\nContent-Length:0\r\nX: ä\r\n\r\n", { status: 500, remaining: 0 }],
    ["HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 301 Moved\r\nLocation: /\r\n\r\n", {
      status: 301,
      remaining: undefined,
    }],
  ];
  for (const [text, expected] of cases) {
    assertEquals(await read(text), expected, text);
    const start = text.indexOf("\r\n\r\nabc");
    // The body arrives in one piece, as the remaining bytes are counted when the head is complete.
    const cut = start < 0 ? text.length : start + 4;
    assertEquals(
      (await read(...[...text.slice(0, cut)], text.slice(cut))).status,
      expected.status,
      `${text}, by character`,
    );
  }
});

Deno.test("readResponseHead() refuses invalid, incomplete and oversized heads", async () => {
  for (
    const text of [
      ...[
        "",
        "HTTP/1.1 200 OK",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/2 200\r\n\r\n",
        "HTTP/1.1 99 x\r\n\r\n",
        "\r\n\r\n",
      ],
      ...[
        "HTTP/1.1 2000 x\r\n\r\n",
        "220 smtp ESMTP\r\n\r\n",
        "HTTP/1.1 200 OK\n\n",
        "HTTP/1.1 101 Switching\r\n\r\n",
      ],
      ...[
        "http/1.1 200 OK\r\n\r\n",
        ` HTTP/1.1 200\r\n\r\n`,
        `HTTP/1.1 200 OK\r\nX: ${"x".repeat(17_000)}\r\n\r\n`,
      ],
      "HTTP/1.1 103 Hints\r\n\r\n".repeat(3),
    ]
  ) {
    assertEquals(
      (await assertRejects(() => read(text), TargetError)).code,
      "broken-answer",
      text.slice(0, 40),
    );
  }
});

Deno.test("readResponseHead() returns a status or rejects with a TargetError for any input", async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.string()), async (pieces) => {
    try {
      const { status } = await read("HTTP/1.1 ", ...pieces);
      assertEquals(status >= 200 && status < 600, true);
    } catch (error) {
      assertEquals(error instanceof TargetError && error.code, "broken-answer");
    }
  }));
});
