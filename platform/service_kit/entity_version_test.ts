import { assertEquals } from "@std/assert";
import { formatVersion, versionCondition } from "./entity_version.ts";

Deno.test("versionCondition() reads what formatVersion() writes", () => {
  const opaque = formatVersion(42n).slice(1, -1);
  assertEquals(versionCondition([opaque]), [42n]);
});

Deno.test("versionCondition() drops tags that are not formatted versions", () => {
  assertEquals(versionCondition(["", "0", "01", "-1", "1e3", "x", "9".repeat(30), "7"]), [7n]);
  assertEquals(versionCondition("*"), "any");
});
