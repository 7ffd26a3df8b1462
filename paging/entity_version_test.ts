import { assertEquals, assertNotEquals } from "@std/assert";
import { formatPageTag, formatVersion, versionCondition } from "./entity_version.ts";

const PROFILE = { id: "01a2023b-983b-7000-83d3-81c8f54d2496", version: 1n };

Deno.test("versionCondition() reads what formatVersion() writes", () => {
  const opaque = formatVersion(42n).slice(1, -1);
  assertEquals(versionCondition([opaque]), [42n]);
});

Deno.test("versionCondition() leaves out tags that no version is written as", () => {
  assertEquals(versionCondition(["", "0", "01", "-1", "1e3", "x", "9".repeat(30), "7"]), [7n]);
  assertEquals(versionCondition("*"), "any");
});

Deno.test("formatPageTag() changes with a version, with the order and with what surrounds the page", () => {
  const other = { ...PROFILE, id: "01a2023b-983b-7000-83d3-81c8f54d2497" };
  const tag = formatPageTag([PROFILE, other], [true]);
  assertEquals(formatPageTag([PROFILE, other], [true]), tag);
  assertNotEquals(formatPageTag([{ ...PROFILE, version: 2n }, other], [true]), tag);
  assertNotEquals(formatPageTag([other, PROFILE], [true]), tag);
  assertNotEquals(formatPageTag([PROFILE], [true]), tag);
  assertNotEquals(formatPageTag([PROFILE, other], [false]), tag);
});
