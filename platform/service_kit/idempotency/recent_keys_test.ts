import { assertEquals } from "@std/assert";
import { RecentKeys } from "./recent_keys.ts";

Deno.test("RecentKeys.get() returns the keys that were added last", () => {
  const keys = new RecentKeys(2);
  for (const key of ["a", "b", "a", "c"]) keys.add(key, key === "a" ? "done" : "refused");
  assertEquals(["a", "b", "c", "d"].map((key) => keys.get(key)), ["done", undefined, "refused", undefined]);
});
