import { assert, assertEquals } from "@std/assert";
import { describeFailure } from "./describe_failure.ts";

function refuse(): never {
  throw new Error("unreadable");
}

Deno.test("describeFailure() returns the name and redacted message of an error", () => {
  assertEquals(describeFailure(new TypeError('Cannot print "planted"')), 'TypeError: Cannot print "…"');
  const secrets = "postgres://ada:planted@db password=planted Bearer planted of ada@example.com";
  const text = describeFailure(new Error(secrets));
  assert(!/planted|ada/.test(text), text);
});

Deno.test("describeFailure() describes any thrown value", () => {
  const indescribable = "Error: a value that cannot be described";
  const error = (properties: object): Error => Object.assign(new Error("a"), properties);
  const values: readonly (readonly [value: unknown, text: string])[] = [
    [undefined, "A value that is not an Error was thrown"],
    ["text of a client", "A value that is not an Error was thrown"],
    [error({ message: { a: 1 } }), indescribable],
    [error({ name: Symbol("a") }), indescribable],
    [Object.defineProperty(new Error("a"), "message", { get: refuse }), indescribable],
    [new Proxy({}, { getPrototypeOf: refuse }), indescribable],
    [new Proxy(new Error("a"), { get: refuse }), indescribable],
  ];
  for (const [value, text] of values) assertEquals(describeFailure(value), text);
});

Deno.test("describeFailure() replaces characters that cannot be stored or that control a terminal", () => {
  const text = describeFailure(new Error("\u0000\x1b[2J\r\n\x9b\u202e\u2066\ud800b"));
  assertEquals(text, `Error: \uFFFD\uFFFD[2J ${"\uFFFD".repeat(4)}b`);
  assertEquals(describeFailure(Object.assign(new Error("b"), { name: "a\u0000\ud83d" })), "a\uFFFD\uFFFD: b");
});

Deno.test("describeFailure() truncates names and messages at whole characters", () => {
  for (let length = 470; length < 510; length++) {
    const text = describeFailure(new Error("x".repeat(length) + "😀 and on".repeat(10)));
    assert(text.isWellFormed() && text.length <= 501, text);
  }
  const name = "N".repeat(99) + "😀".repeat(10);
  assertEquals(describeFailure(Object.assign(new Error("b"), { name })), `${"N".repeat(99)}…: b`);
});
