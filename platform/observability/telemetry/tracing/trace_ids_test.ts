import { assert, assertEquals, assertMatch } from "@std/assert";
import { newSpanId, newTraceId } from "./trace_ids.ts";

Deno.test("newTraceId() begins with the time, as AWS X-Ray requires, and is unique", () => {
  const before = Math.floor(Date.now() / 1000);
  const ids = new Set(Array.from({ length: 5_000 }, newTraceId));
  assertEquals(ids.size, 5_000);
  for (const id of ids) {
    assertMatch(id, /^[0-9a-f]{32}$/);
    const seconds = parseInt(id.slice(0, 8), 16);
    assert(seconds >= before && seconds <= Math.floor(Date.now() / 1000), id);
  }
});

Deno.test("newSpanId() returns unique ids that are not all zeros", () => {
  const ids = new Set(Array.from({ length: 5_000 }, newSpanId));
  assertEquals(ids.size, 5_000);
  for (const id of ids) assertMatch(id, /^(?!0{16})[0-9a-f]{16}$/);
});
