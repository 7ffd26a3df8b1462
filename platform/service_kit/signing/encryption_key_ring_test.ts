import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { EncryptionKeyRing } from "./encryption_key_ring.ts";

const [OLD, NEW] = [
  "an old secret of thirty-two bytes and more",
  "a new secret of thirty-two bytes and more",
];

Deno.test("EncryptionKeyRing.decrypt() rejects texts that were modified or belong to another context", () => {
  const ring = new EncryptionKeyRing([OLD], "test");
  const encrypted = ring.encrypt("whsec_ä", "here");
  assertEquals(ring.decrypt(encrypted, "here"), "whsec_ä");
  assertEquals(ring.decrypt(encrypted, "there"), undefined);
  assertEquals(new EncryptionKeyRing([OLD], "other test").decrypt(encrypted, "here"), undefined);
  assertEquals(new EncryptionKeyRing([NEW], "test").decrypt(encrypted, "here"), undefined);
  for (let index = 0; index < encrypted.length; index++) {
    assertEquals(
      ring.decrypt(encrypted.with(index, (encrypted[index] ?? 0) ^ 1), "here"),
      undefined,
      `byte ${index}`,
    );
    assertEquals(ring.decrypt(encrypted.subarray(0, index), "here"), undefined, `${index} bytes`);
  }
});

Deno.test("EncryptionKeyRing.encrypt() never repeats a ciphertext, and hides the text", () => {
  const ring = new EncryptionKeyRing([OLD], "test");
  const [first, second] = [ring.encrypt("the same", "here"), ring.encrypt("the same", "here")];
  assertNotEquals(first, second);
  assert(!new TextDecoder().decode(first).includes("same"));
});

Deno.test("EncryptionKeyRing encrypts with the newest secret and decrypts with older ones", () => {
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
