import { assertEquals, assertNotEquals } from "@std/assert";
import type { DecodedRequest } from "../operation.ts";
import { requestFingerprint } from "./compile_keyed.ts";

const REQUEST: DecodedRequest = {
  path: { id: "7" },
  query: { limit: 1 },
  headers: { "X-Any": "a" },
  cookies: {},
  contentType: "application/json",
  body: { a: [1, { b: null, c: "é" }], d: false },
};

Deno.test("requestFingerprint() does not depend on how a request is written", () => {
  const other = {
    ...REQUEST,
    headers: { "X-Any": "b" },
    body: { d: false, a: [1, { c: "é", b: null }] },
  };
  assertEquals(requestFingerprint("POST /a", other), requestFingerprint("POST /a", REQUEST));
  assertEquals(requestFingerprint("POST /a", REQUEST).length, 32);
});

Deno.test("requestFingerprint() differs for every difference in path, query, body or operation", () => {
  const others: readonly Partial<DecodedRequest>[] = [
    { path: { id: "8" } },
    { query: {} },
    { contentType: "application/merge-patch+json" },
    { body: { a: [{ b: null, c: "é" }, 1], d: false } },
    { body: { a: [1, { b: null, c: "é" }], d: "false" } },
    { body: undefined },
    { body: new Uint8Array([1]) },
  ];
  const prints = others.map((part) => requestFingerprint("POST /a", { ...REQUEST, ...part }).join());
  prints.push(requestFingerprint("POST /b", REQUEST).join());
  assertEquals(new Set(prints).size, others.length + 1);
  for (const print of prints) assertNotEquals(print, requestFingerprint("POST /a", REQUEST).join());
});
