import { assertEquals } from "@std/assert";
import type { Answer, Call } from "./call.ts";
import { Tally } from "./tally.ts";

const CALL: Call = { kind: "one by id", method: "GET", path: "/a", headers: {}, expected: 200 };

function answer(status: number, headers: Record<string, string> = {}, body = ""): Answer {
  return { status, headers: new Headers(headers), body };
}

Deno.test("Tally.answer() takes the status that was expected, and 503 with Retry-After", () => {
  const tally = new Tally();
  tally.answer(CALL, answer(200), 1);
  tally.answer(CALL, answer(503, { "Retry-After": "1" }, '{"type":"/problems/overloaded"}'), 3);
  const { answered, refused, wrong, kinds } = tally.totals();
  assertEquals([answered, refused, wrong], [2, { overloaded: 1 }, {}]);
  assertEquals(kinds, [{ kind: "one by id", statuses: { 200: 1, 503: 1 }, p50: 1, p99: 3 }]);
});

Deno.test("Tally.answer() tells what is wrong, by its problem", () => {
  const tally = new Tally();
  tally.answer(CALL, answer(503, {}, '{"type":"/problems/outcome-unknown"}'), 1);
  tally.answer(CALL, answer(500, { "Retry-After": "1" }, '{"type":"/problems/internal-error"}'), 1);
  tally.answer(CALL, answer(404), 1);
  tally.answer(CALL, answer(404), 1);
  tally.answer({ ...CALL, etag: '"2"' }, answer(200, { ETag: '"1"' }), 1);
  assertEquals(tally.totals().wrong, {
    "one by id, GET: 503 outcome-unknown": 1,
    "one by id, GET: 500 internal-error": 1,
    "one by id, GET: 404": 2,
    "one by id, GET: another version": 1,
  });
});

Deno.test("Tally.breakOff() counts requests without an answer by their reasons", () => {
  const tally = new Tally();
  tally.breakOff(CALL, "connection reset");
  tally.breakOff(CALL, "connection reset");
  const { answered, broken } = tally.totals();
  assertEquals([answered, broken], [0, { "one by id, GET: connection reset": 2 }]);
});
