import { assertEquals } from "@std/assert";
import type { Call, CallResponse } from "./call.ts";
import { Tally } from "./tally.ts";

const CALL: Call = { kind: "one by id", method: "GET", path: "/a", headers: {}, expected: 200 };

function respond(status: number, headers: Record<string, string> = {}, body = ""): CallResponse {
  return { status, headers: new Headers(headers), body };
}

Deno.test("Tally.record() accepts the expected status, and 503 with Retry-After", () => {
  const tally = new Tally();
  tally.record(CALL, respond(200), 1);
  tally.record(CALL, respond(503, { "Retry-After": "1" }, '{"type":"/problems/overloaded"}'), 3);
  const { responses, refused, wrong, kinds } = tally.totals();
  assertEquals([responses, refused, wrong], [2, { overloaded: 1 }, {}]);
  assertEquals(kinds, [{ kind: "one by id", statuses: { 200: 1, 503: 1 }, p50: 1, p99: 3 }]);
});

Deno.test("Tally.record() expects that the outcome of a write may be unknown", () => {
  const tally = new Tally();
  tally.record({ ...CALL, method: "POST" }, respond(503, {}, '{"type":"/problems/outcome-unknown"}'), 1);
  const { refused, wrong } = tally.totals();
  assertEquals([refused, wrong], [{ "outcome-unknown": 1 }, {}]);
});

Deno.test("Tally.record() counts unexpected responses by problem type", () => {
  const tally = new Tally();
  tally.record(CALL, respond(503, {}, '{"type":"/problems/outcome-unknown"}'), 1);
  tally.record(CALL, respond(500, { "Retry-After": "1" }, '{"type":"/problems/internal-error"}'), 1);
  tally.record(CALL, respond(404), 1);
  tally.record(CALL, respond(404), 1);
  tally.record({ ...CALL, etag: '"2"' }, respond(200, { ETag: '"1"' }), 1);
  assertEquals(tally.totals().wrong, {
    "one by id, GET: 503 outcome-unknown": 1,
    "one by id, GET: 500 internal-error": 1,
    "one by id, GET: 404": 2,
    "one by id, GET: another version": 1,
  });
});

Deno.test("Tally.recordFailure() counts requests without a response by reason", () => {
  const tally = new Tally();
  tally.recordFailure(CALL, "connection reset");
  tally.recordFailure(CALL, "connection reset");
  const { responses, broken } = tally.totals();
  assertEquals([responses, broken], [0, { "one by id, GET: connection reset": 2 }]);
});
