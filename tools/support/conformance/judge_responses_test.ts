import { assert, assertEquals } from "@std/assert";
import { judgeResponses } from "./judge_responses.ts";
import { parseResponses } from "./parse_responses.ts";
import { bytesOf, type Expectation } from "./row.ts";
import type { Received } from "./send_bytes.ts";

const PROBLEM = JSON.stringify({ type: "/problems/x", title: "X", status: 400, requestId: "r" });

function respond(status: number, body: string, ...fields: readonly string[]): string {
  const lines = [`HTTP/1.1 ${status} X`, `Content-Length: ${body.length}`, ...fields];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

function problem(body = PROBLEM, ...fields: readonly string[]): string {
  return respond(
    400,
    body,
    "Content-Type: application/problem+json",
    "Cache-Control: no-store",
    "X-Request-Id: r",
    ...fields,
  );
}

function judge(expect: Expectation, text: string, more: Partial<Received> = {}): readonly string[] {
  const bytes = bytesOf(text);
  const received = { ...parseResponses(bytes, { bodiless: false, ended: true }), hung: false, ...more };
  return judgeResponses({ name: "x", request: "", expect }, received, { marker: "planted" });
}

Deno.test("judgeResponses() finds nothing wrong with what was expected", () => {
  assertEquals(judge({ status: 400 }, problem()), []);
  assertEquals(judge({ status: "4xx", headers: { "X-Request-Id": /^r$/, ETag: null } }, problem()), []);
  assertEquals(judge({ status: [200, 204], then: [200] }, respond(200, "a") + respond(200, "b")), []);
  assertEquals(judge({ status: 400, by: "platform" }, respond(400, "")), []);
  assertEquals(judge({ status: 400, by: "platform" }, ""), []);
});

Deno.test("judgeResponses() finds another status, and a 5xx even where it was expected", () => {
  assertEquals(judge({ status: 200 }, problem()), ["400 instead of 200"]);
  assert(judge({ status: 500 }, respond(500, "")).includes("a 500"));
});

Deno.test("judgeResponses() finds what hangs, breaks off, is missing, or comes too often", () => {
  assertEquals(judge({ status: 200 }, "", { hung: true }), ["hung: nothing more came in time"]);
  assertEquals(judge({ status: 200 }, ""), ["closed after 0 responses instead of 1"]);
  assertEquals(judge({ status: 200 }, respond(200, "") + respond(200, "")), ["2 responses instead of 1"]);
  assertEquals(judge({ status: 200 }, respond(200, "") + "HTTP/1.1 200"), [
    "the connection was closed in the middle of a response",
  ]);
});

Deno.test("judgeResponses() finds errors that are no problems, or wrong ones", () => {
  assertEquals(judge({ status: 400 }, respond(400, "")), ["a 400 without a problem (RFC 9457)"]);
  assertEquals(judge({ status: 400 }, respond(400, "<h1>no</h1>", "Content-Type: text/html")), [
    "a 400 without a problem (RFC 9457)",
  ]);
  const wrong = JSON.stringify({ type: 1, title: "X", status: 404, requestId: "q", stack: [] });
  assertEquals(judge({ status: 400 }, problem(wrong)), [
    "a problem whose type is no string",
    "a problem with an unknown member",
    "a problem with another status than the response's",
    "a problem of another request",
  ]);
});

Deno.test("judgeResponses() finds what was planted, in the head and in the body, unless it belongs there", () => {
  assertEquals(judge({ status: 200 }, respond(200, "a planted b")), ["repeats what was sent"]);
  assertEquals(judge({ status: 200 }, respond(200, "", "X-A: planted")), ["repeats what was sent"]);
  assertEquals(judge({ status: 200, echoes: true }, respond(200, "planted")), []);
});

Deno.test("judgeResponses() finds internals that an error shows", () => {
  const details = [
    "TypeError: x is not a function",
    "at run (main.ts:1:2)",
    "select id from profiles",
    'duplicate key value violates unique constraint "a"',
    "cannot open /home/a/b",
    "node:internal",
  ];
  for (const detail of details) {
    const faults = judge({ status: 400 }, problem(JSON.stringify({ ...JSON.parse(PROBLEM), detail })));
    assert(faults.some((fault) => fault.startsWith("shows ")), detail);
  }
});

Deno.test("judgeResponses() finds a fault that is not named, and fields that are not as they have to be", () => {
  const named = JSON.stringify({ ...JSON.parse(PROBLEM), invalidParams: [{ name: "a", in: "query" }] });
  assertEquals(judge({ status: 400, fault: "a" }, problem(named)), []);
  assertEquals(judge({ status: 400, fault: "b" }, problem(named)), ["does not name b"]);
  assertEquals(judge({ status: 400, headers: { ETag: /x/ } }, problem()), ["ETag is absent"]);
  assertEquals(judge({ status: 400, headers: { "X-Request-Id": null } }, problem()), [
    "X-Request-Id is not as it has to be",
  ]);
});
