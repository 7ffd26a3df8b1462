import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { EncryptionKeyRing } from "./encryption_key_ring.ts";

const [OLD, NEW] = [
  "an old secret of thirty-two bytes and more",
  "a new secret of thirty-two bytes and more",
];

Deno.test("EncryptionKeyRing opens what it sealed, and nothing that was changed or belongs elsewhere", () => {
  const ring = new EncryptionKeyRing([OLD], "test");
  const sealed = ring.encrypt("whsec_ä", "here");
  assertEquals(ring.decrypt(sealed, "here"), "whsec_ä");
  assertEquals(ring.decrypt(sealed, "there"), undefined);
  assertEquals(new EncryptionKeyRing([OLD], "other test").decrypt(sealed, "here"), undefined);
  assertEquals(new EncryptionKeyRing([NEW], "test").decrypt(sealed, "here"), undefined);
  for (let index = 0; index < sealed.length; index++) {
    assertEquals(
      ring.decrypt(sealed.with(index, (sealed[index] ?? 0) ^ 1), "here"),
      undefined,
      `byte ${index}`,
    );
    assertEquals(ring.decrypt(sealed.subarray(0, index), "here"), undefined, `${index} bytes`);
  }
});

Deno.test("EncryptionKeyRing never seals alike, and shows nothing of what it sealed", () => {
  const ring = new EncryptionKeyRing([OLD], "test");
  const [first, second] = [ring.encrypt("the same", "here"), ring.encrypt("the same", "here")];
  assertNotEquals(first, second);
  assert(!new TextDecoder().decode(first).includes("same"));
});

Deno.test("EncryptionKeyRing seals with the newest secret and opens with those before it", () => {
  const before = new EncryptionKeyRing([OLD], "test");
  const rotated = new EncryptionKeyRing([NEW, OLD], "test");
  const old = before.encrypt("kept", "here");
  assertEquals(rotated.decrypt(old, "here"), "kept");
  const renewed = rotated.encrypt("kept", "here");
  assertEquals(before.decrypt(renewed, "here"), undefined);
  assertEquals(new EncryptionKeyRing([NEW], "test").decrypt(renewed, "here"), "kept");
  assertEquals(renewed.subarray(0, 4), rotated.currentKeyId);
  assertNotEquals(old.subarray(0, 4), rotated.currentKeyId);
});
