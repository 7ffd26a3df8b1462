import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { KeyRing } from "./key_ring.ts";

const OLD = "an old secret of more than 32 bytes, for a test";
const NEW = "a new secret of more than 32 bytes, for a test";

const payloads = fc.uint8Array({ maxLength: 64 });

Deno.test("KeyRing.verify() returns the signed payload", () => {
  const keys = new KeyRing([NEW], "test");
  fc.assert(fc.property(payloads, (payload) => {
    assertEquals([...keys.verify(keys.sign(payload)) ?? []], [...payload]);
  }));
});

Deno.test("KeyRing.verify() rejects a text with one changed character", () => {
  const keys = new KeyRing([NEW], "test");
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ é";
  fc.assert(fc.property(payloads, fc.nat(), fc.constantFrom(...alphabet), (payload, at, character) => {
    const text = keys.sign(payload);
    const index = at % text.length;
    const changed = text.slice(0, index) + character + text.slice(index + 1);
    fc.pre(changed !== text);
    assertEquals(keys.verify(changed), undefined);
  }));
});

Deno.test("KeyRing.verify() rejects texts without a signature", () => {
  const keys = new KeyRing([NEW], "test");
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => assertEquals(keys.verify(text), undefined)));
});

Deno.test("KeyRing.verify() accepts texts of an old secret until it is removed", () => {
  const text = new KeyRing([OLD], "test").sign(new Uint8Array([1, 2, 3]));
  assert(new KeyRing([NEW, OLD], "test").verify(text));
  assertEquals(new KeyRing([NEW], "test").verify(text), undefined);
});

Deno.test("KeyRing.sign() signs with the first secret", () => {
  const payload = new Uint8Array([1, 2, 3]);
  assertEquals(new KeyRing([NEW, OLD], "test").sign(payload), new KeyRing([NEW], "test").sign(payload));
  assertNotEquals(new KeyRing([OLD, NEW], "test").sign(payload), new KeyRing([NEW], "test").sign(payload));
});

Deno.test("KeyRing.verify() rejects texts signed for another purpose", () => {
  const text = new KeyRing([NEW], "one purpose").sign(new Uint8Array([1]));
  assertEquals(new KeyRing([NEW], "another purpose").verify(text), undefined);
});
