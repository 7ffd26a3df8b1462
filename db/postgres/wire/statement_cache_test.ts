import { assertEquals, assertMatch, assertNotEquals, assertStrictEquals } from "@std/assert";
import { StatementCache } from "./statement_cache.ts";

function prepare(cache: StatementCache, text: string): string {
  const statement = cache.get(text);
  statement.isReady = true;
  return statement.name;
}

Deno.test("StatementCache.get() returns a statement once the server has confirmed it", () => {
  const cache = new StatementCache({ max: 2 });
  const first = cache.get("SELECT 1");
  assertMatch(first.name, /^[0-9a-z]+_1$/);
  assertEquals(first.isReady, false);
  assertNotEquals(new StatementCache({ max: 2 }).get("SELECT 1").name, first.name);
  assertEquals(cache.get("SELECT 1").name, "");
  first.isReady = true;
  assertStrictEquals(cache.get("SELECT 1"), first);
});

Deno.test("StatementCache evicts what was not used lately, and is bounded", () => {
  const cache = new StatementCache({ max: 3 });
  const names = ["a", "b", "c"].map((text) => prepare(cache, text));
  cache.get("a");
  assertMatch(prepare(cache, "d"), /_4$/);
  assertEquals([cache.takeClosing(), cache.takeClosing()], [[names[1]], []]);
  assertEquals(cache.get("a").name, names[0]);
  for (let count = 0; count < 1_000; count++) prepare(cache, `SELECT ${count}`);
  assertEquals(cache.size, 3);
  assertEquals(cache.takeClosing().length, 1_000);
});

Deno.test("StatementCache evicts used ones when all are", () => {
  const cache = new StatementCache({ max: 2 });
  for (const text of ["a", "b", "a", "b"]) prepare(cache, text);
  prepare(cache, "c");
  assertEquals([cache.size, cache.takeClosing().length], [2, 1]);
});

Deno.test("StatementCache.drop() closes a statement only if the server may have it", () => {
  const cache = new StatementCache({ max: 2 });
  const refused = cache.get("a");
  cache.drop(refused);
  assertEquals(cache.takeClosing(), []);
  const stale = cache.get("a");
  stale.isReady = true;
  cache.drop(stale);
  cache.drop(stale);
  assertEquals(cache.takeClosing(), [stale.name]);
});

Deno.test("StatementCache.get() names no statement without a maximum, or with a long text", () => {
  assertEquals(new StatementCache({ max: 0 }).get("SELECT 1").name, "");
  assertEquals(new StatementCache({ max: 9 }).get("x".repeat(40_000)).name, "");
});

Deno.test("StatementCache does not name a text again that became obsolete behind a pooler, for a bounded number", () => {
  const cache = new StatementCache({ max: 2, isShared: true });
  const drop = (text: string): void => {
    const statement = cache.get(text);
    statement.isReady = true;
    cache.drop(statement);
  };
  for (const text of ["a", "b"]) drop(text);
  assertEquals(["a", "b"].map((text) => cache.get(text).name), ["", ""]);
  assertNotEquals(cache.get("c").name, "");
  drop("d");
  assertNotEquals(cache.get("a").name, "");
  assertEquals(cache.get("d").name, "");
});
