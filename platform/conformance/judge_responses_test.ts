import { assertEquals, assertMatch } from "@std/assert";
import { ApiDocument } from "./derived/api_document.ts";
import { judgeResponses } from "./judge_responses.ts";
import { parseResponses } from "./parse_responses.ts";
import { bytesOf, type Expectation } from "./row.ts";
import type { Received } from "./send_bytes.ts";

const PROBLEM = { type: "/problems/x", title: "X", status: 400, requestId: "r" };
const PROBLEM_FIELDS = [
  "Content-Type: application/problem+json",
  "Cache-Control: no-store",
  "X-Request-Id: r",
];

function respond(status: number, body: string, ...fields: readonly string[]): string {
  return [`HTTP/1.1 ${status} X`, `Content-Length: ${body.length}`, ...fields, "", body].join("\r\n");
}

function problem(members: Readonly<Record<string, unknown>> = {}): string {
  return respond(400, JSON.stringify({ ...PROBLEM, ...members }), ...PROBLEM_FIELDS);
}

function judge(expect: Expectation, text: string, more: Partial<Received> = {}): readonly string[] {
  const received = {
    ...parseResponses(bytesOf(text), { bodiless: false, ended: true }),
    hung: false,
    ...more,
  };
  return judgeResponses({ expect }, received, { marker: "planted" });
}

Deno.test("judgeResponses() finds nothing wrong with what was expected", () => {
  const named = problem({ invalidParams: [{ name: "a", in: "query" }] });
  assertEquals(judge({ status: 400, fault: "a", headers: { "X-Request-Id": /^r$/, ETag: null } }, named), []);
  assertEquals(judge({ status: [200, 204], then: [200] }, respond(200, "a") + respond(200, "b")), []);
  assertEquals(judge({ status: 200, echoes: true, atMost: 1 }, respond(200, '["planted"]')), []);
  for (const text of [respond(400, ""), ""]) assertEquals(judge({ status: 400, by: "platform" }, text), []);
});

Deno.test("judgeResponses() finds what differs from the expectation", () => {
  const cases: readonly (readonly [found: readonly string[], ...faults: readonly string[]])[] = [
    [judge({ status: 200 }, problem()), "400 instead of 200"],
    [judge({ status: 500 }, respond(500, "")), "a 500", "a 500 without a problem (RFC 9457)"],
    [judge({ status: 200 }, "", { hung: true }), "hung: nothing more came in time"],
    [judge({ status: 200 }, ""), "closed after 0 responses instead of 1"],
    [judge({ status: 200 }, respond(200, "") + respond(200, "")), "2 responses instead of 1"],
    [
      judge({ status: 200 }, respond(200, "") + "HTTP/1.1 200"),
      "the connection was closed in the middle of a response",
    ],
    [judge({ status: 400 }, respond(400, "")), "a 400 without a problem (RFC 9457)"],
    [
      judge({ status: 400 }, respond(400, "no", "Content-Type: text/html")),
      "a 400 without a problem (RFC 9457)",
    ],
    [
      judge({ status: 400 }, problem({ type: 1, status: 404, requestId: "q", stack: [] })),
      "a problem whose type is no string",
      "a problem with an unknown member",
      "a problem with another status than the response's",
      "a problem of another request",
    ],
    [judge({ status: 200 }, respond(200, "a planted b")), "repeats what was sent"],
    [judge({ status: 200 }, respond(200, "", "X-A: planted")), "repeats what was sent"],
    [judge({ status: 400, fault: "b" }, problem()), "does not name b"],
    [judge({ status: 400, headers: { ETag: /x/ } }, problem()), "ETag is absent"],
    [
      judge({ status: 400, headers: { "X-Request-Id": null } }, problem()),
      "X-Request-Id is not as it has to be",
    ],
    [judge({ status: 200, atMost: 1 }, respond(200, '{"data":[1,2]}')), "2 items instead of at most 1"],
  ];
  for (const [found, ...faults] of cases) assertEquals(found, faults);
});

Deno.test("judgeResponses() accepts errors of another media type where the document declares them", () => {
  const content = { "application/problem+json": {}, "application/graphql-response+json": {} };
  const responses = { 400: { description: "An error", content } };
  const api = new ApiDocument({ openapi: "3.1.0", paths: { "/": { get: { responses } } } });
  const judgeType = (type: string): readonly string[] => {
    const received = parseResponses(bytesOf(respond(400, "{}", `Content-Type: ${type}`)), {
      ...{ bodiless: false, ended: true },
    });
    const expect = { status: 400, operation: api.find("GET", "/") };
    return judgeResponses({ expect }, { ...received, hung: false }, { marker: "planted", api });
  };
  assertEquals(judgeType("application/graphql-response+json; charset=utf-8"), []);
  assertEquals(judgeType("application/json"), [
    "a 400 without a problem (RFC 9457)",
    "Content-Type application/json is not declared",
  ]);
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
  for (const detail of details) assertMatch(judge({ status: 400 }, problem({ detail })).join(), /\bshows /);
});
