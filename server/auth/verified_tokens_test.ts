import { assertEquals, assertStrictEquals } from "@std/assert";
import type { Principal } from "../request_context.ts";
import type { KeyFinder } from "./parse_keys.ts";
import { VerifiedTokens } from "./verified_tokens.ts";

const principal: Principal = { subject: "ada", scopes: new Set() };
const keys: KeyFinder = () => Promise.reject(new Error("Not asked"));
const others: KeyFinder = () => Promise.reject(new Error("Not asked"));

Deno.test("VerifiedTokens.get() returns a token until it expires, for the same keys only", () => {
  let nowMs = 0;
  const tokens = new VerifiedTokens(() => nowMs);
  for (const token of ["a", "b"]) tokens.add(token, { principal, keys, expiresMs: 1000 });
  assertStrictEquals(tokens.get("a", keys), principal);
  assertEquals(tokens.get("c", keys), undefined);
  assertEquals(tokens.get("b", others), undefined);
  assertEquals(tokens.get("b", keys), undefined);
  nowMs = 1000;
  assertEquals(tokens.get("a", keys), undefined);
});

Deno.test("VerifiedTokens.add() evicts the oldest token, and ignores long and expired ones", () => {
  const tokens = new VerifiedTokens(() => 0);
  for (let index = 0; index <= 1024; index++) tokens.add(`t${index}`, { principal, keys, expiresMs: 1000 });
  assertEquals(tokens.get("t0", keys), undefined);
  assertStrictEquals(tokens.get("t1", keys), principal);
  assertStrictEquals(tokens.get("t1024", keys), principal);
  tokens.add("a".repeat(2049), { principal, keys, expiresMs: 1000 });
  assertEquals(tokens.get("a".repeat(2049), keys), undefined);
  tokens.add("late", { principal, keys, expiresMs: 0 });
  assertEquals(tokens.get("late", keys), undefined);
});
