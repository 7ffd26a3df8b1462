import { assertEquals } from "@std/assert";
import { RecentKeys } from "./recent_keys.ts";

Deno.test("RecentKeys.get() knows what was said with the keys that were added last", () => {
  const keys = new RecentKeys<number>(2);
  ["a", "b", "a", "c"].forEach((key, index) => keys.add(key, index));
  assertEquals(["a", "b", "c", "d"].map((key) => keys.get(key)), [2, undefined, 3, undefined]);
});
