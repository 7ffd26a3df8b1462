import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { SealRing } from "./seal_ring.ts";

const [OLD, NEW] = [
  "an old secret of thirty-two bytes and more",
  "a new secret of thirty-two bytes and more",
];

Deno.test("SealRing opens what it sealed, and nothing that was changed or belongs elsewhere", () => {
  const ring = new SealRing([OLD], "test");
  const sealed = ring.seal("whsec_ä", "here");
  assertEquals(ring.open(sealed, "here"), "whsec_ä");
  assertEquals(ring.open(sealed, "there"), undefined);
  assertEquals(new SealRing([OLD], "other test").open(sealed, "here"), undefined);
  assertEquals(new SealRing([NEW], "test").open(sealed, "here"), undefined);
  for (let index = 0; index < sealed.length; index++) {
    assertEquals(ring.open(sealed.with(index, (sealed[index] ?? 0) ^ 1), "here"), undefined, `byte ${index}`);
    assertEquals(ring.open(sealed.subarray(0, index), "here"), undefined, `${index} bytes`);
  }
});

Deno.test("SealRing never seals alike, and shows nothing of what it sealed", () => {
  const ring = new SealRing([OLD], "test");
  const [first, second] = [ring.seal("the same", "here"), ring.seal("the same", "here")];
  assertNotEquals(first, second);
  assert(!new TextDecoder().decode(first).includes("same"));
});

Deno.test("SealRing seals with the newest secret and opens with those before it", () => {
  const before = new SealRing([OLD], "test");
  const rotated = new SealRing([NEW, OLD], "test");
  const old = before.seal("kept", "here");
  assertEquals(rotated.open(old, "here"), "kept");
  const renewed = rotated.seal("kept", "here");
  assertEquals(before.open(renewed, "here"), undefined);
  assertEquals(new SealRing([NEW], "test").open(renewed, "here"), "kept");
  assertEquals(renewed.subarray(0, 4), rotated.currentKeyId);
  assertNotEquals(old.subarray(0, 4), rotated.currentKeyId);
});
