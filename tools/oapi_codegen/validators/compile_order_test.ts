import { assertEquals } from "@std/assert";
import type { JsonValue } from "@archway/server/operation.ts";
import { compileOrder } from "./compile_order.ts";

function schemas(links: Readonly<Record<string, readonly string[]>>): ReadonlyMap<string, JsonValue> {
  return new Map(
    Object.entries(links).map(([id, targets]) => [
      `schema:${id}`,
      { allOf: targets.map((target) => ({ $ref: `schema:${target}` })) },
    ]),
  );
}

function order(ids: string, links: Readonly<Record<string, readonly string[]>>): string {
  const all = compileOrder([...ids].map((id) => `schema:${id}`), schemas(links));
  return all.map((id) => id.replace("schema:", "")).join("");
}

Deno.test("compileOrder() puts schemas after those that they refer to", () => {
  assertEquals(order("abcd", { a: ["c"], b: [], c: ["d"], d: [] }), "dcab");
});

Deno.test("compileOrder() enters schemas that refer to each other at the first, whichever is used first", () => {
  const circle = { p: ["q"], q: ["r"], r: ["p", "s"], s: [] };
  assertEquals(order("pqrs", circle), "spqr");
  assertEquals(order("apqrs", { a: ["r"], ...circle }), "spqra");
  assertEquals(order("abpqrs", { a: ["q"], b: ["a"], ...circle }), "spqrab");
});
