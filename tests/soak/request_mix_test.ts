import { assert, assertEquals } from "@std/assert";
import type { Call, CallResponse, Kind } from "./call.ts";
import { RequestMix } from "./request_mix.ts";

/** Returns a reproducible linear congruential generator (Numerical Recipes). */
function generator(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function mixOf(): RequestMix {
  let count = 0;
  const newId = (): string => `00000000-0000-4000-8000-${String(count++).padStart(12, "0")}`;
  return new RequestMix({ ids: ["seeded"], random: generator(), newId });
}

function respond(status: number, headers: Record<string, string> = {}, body = ""): CallResponse {
  return { status, headers: new Headers(headers), body };
}

/** Settles a call with the response of a healthy service. */
function settle(call: Call): void {
  const token = { "Consistency-Token": `of ${call.path}` };
  if (call.kind === "create") {
    call.settle?.(respond(201, { ...token, ETag: '"1"', Location: `${call.path}/${crypto.randomUUID()}` }));
  } else if (call.kind === "patch") {
    call.settle?.(respond(200, { ...token, ETag: '"2"' }));
  } else if (call.kind === "page") {
    call.settle?.(respond(200, {}, '{"meta":{"nextCursor":"further"}}'));
  } else call.settle?.(respond(call.expected));
}

Deno.test("RequestMix.next() returns every kind with approximately its share", () => {
  const mix = mixOf();
  const counts = new Map<Kind, number>();
  for (let index = 0; index < 10_000; index++) {
    const call = mix.next();
    counts.set(call.kind, (counts.get(call.kind) ?? 0) + 1);
    settle(call);
  }
  const kinds = ["bad request", "create", "delete", "its own write", "one by id", "page", "patch"];
  assertEquals([...counts.keys()].toSorted(), kinds);
  assert((counts.get("one by id") ?? 0) > (counts.get("page") ?? 0));
  assert((counts.get("create") ?? 0) > (counts.get("delete") ?? 0));
});

Deno.test("RequestMix.next() uses the last acknowledged state of a contact, in one request at a time", () => {
  const mix = mixOf();
  const etags = new Map<string, string>();
  const busy = new Set<string>();
  const pending: Call[] = [];
  for (let index = 0; index < 5_000; index++) {
    const call = mix.next();
    if (["patch", "delete", "its own write"].includes(call.kind)) {
      assert(!busy.has(call.path), call.path);
      busy.add(call.path);
      assertEquals(call.headers["If-Match"] ?? call.etag, etags.get(call.path) ?? '"1"');
      if (call.kind === "patch") etags.set(call.path, '"2"');
    }
    pending.push(call);
    // Responses arrive later and out of order.
    const [next] = pending.length > 8 ? pending.splice(index % 8, 1) : [];
    if (next === undefined) continue;
    busy.delete(next.path);
    settle(next);
  }
});

Deno.test("RequestMix.next() does not reuse a contact after a rejected or lost write", () => {
  const mix = mixOf();
  const lost = new Set<string>();
  for (let index = 0; index < 5_000; index++) {
    const call = mix.next();
    assert(!lost.has(call.path), call.path);
    if (call.kind !== "patch") {
      settle(call);
      continue;
    }
    lost.add(call.path);
    call.settle?.(index % 2 === 0 ? undefined : respond(503, { "Retry-After": "1" }));
  }
  assert(lost.size > 10);
});
