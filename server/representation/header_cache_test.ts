import { assert, assertEquals } from "@std/assert";
import { HeaderCache } from "./header_cache.ts";

Deno.test("HeaderCache.set() keeps a bounded number of values, and no long ones", () => {
  const cache = new HeaderCache<number>();
  for (let index = 0; index < 100_000; index++) {
    cache.set(`text/html;q=0.${index}`, index);
    assert(cache.size <= 64);
  }
  assertEquals(cache.get("text/html;q=0.99999"), 99_999);
  cache.set("a".repeat(256), 1);
  cache.set("b".repeat(257), 2);
  assertEquals([cache.get("a".repeat(256)), cache.has("b".repeat(257))], [1, false]);
});
