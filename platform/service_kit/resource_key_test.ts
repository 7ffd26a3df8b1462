import { assertEquals, assertThrows } from "@std/assert";
import { DomainError } from "./domain_error.ts";
import { resourceKey } from "./resource_key.ts";

Deno.test("resourceKey() returns keys as their column stores them", () => {
  const uuid = "0193A3F0-0000-7000-8000-000000000001";
  assertEquals(resourceKey("pet", { value: uuid, kind: "uuid" }), uuid.toLowerCase());
  assertEquals(resourceKey("pet", { value: 5, kind: "bigint" }), "5");
  assertEquals(resourceKey("pet", { value: "-7", kind: "bigint" }), "-7");
  assertEquals(resourceKey("pet", { value: "rex", kind: "text" }), "rex");
});

Deno.test("resourceKey() treats what no key can be as missing", () => {
  for (
    const key of [
      { value: "1", kind: "uuid" },
      { value: "1.5", kind: "bigint" },
      { value: 1e300, kind: "bigint" },
      { value: "9007199254740993", kind: "bigint" },
      { value: "\0", kind: "text" },
    ] as const
  ) assertEquals(assertThrows(() => resourceKey("pet", key), DomainError).code, "pet-not-found");
});
