import { assertEquals, assertFalse } from "@std/assert";
import { redactMessage } from "./redact_message.ts";

Deno.test("redactMessage() removes everything from the first quote on", () => {
  const messages: Readonly<Record<string, string>> = {
    'invalid input syntax for type uuid: "planted"': 'invalid input syntax for type uuid: "…"',
    'it begins: "planted and never ends': 'it begins: "…"',
    'not escaped: "a "planted" b"': 'not escaped: "…"',
    "open '/home/planted'": "open '…'",
    "Cannot read properties of undefined (reading 'planted')":
      "Cannot read properties of undefined (reading '…'",
    "The client's request isn't there": "The client's request isn't there",
    "no such `planted`": "no such `…`",
    "no such “planted”": "no such “…”",
    'value for column "name" is wrong: "planted"': 'value for column "…"',
  };
  for (const [message, expected] of Object.entries(messages)) assertEquals(redactMessage(message), expected);
});

Deno.test("redactMessage() preserves names of schema objects in messages of PostgreSQL", () => {
  const messages: Readonly<Record<string, string>> = {
    'relation "profiles" does not exist (42P01)': 'relation "profiles" does not exist (42P01)',
    'null value in column "name" of relation "profiles" violates not-null constraint':
      'null value in column "name" of relation "profiles" violates not-null constraint',
    'syntax error at or near "planted" (42601)': 'syntax error at or near "…"',
  };
  for (const [message, expected] of Object.entries(messages)) {
    assertEquals(redactMessage(message, { isDatabase: true }), expected);
  }
});

Deno.test("redactMessage() removes input that the engine repeats without quotes", () => {
  const input = "planted-input";
  const tries: readonly (() => unknown)[] = [
    () => JSON.parse(input),
    () => JSON.parse(`{"a": ${input}}`),
    () => BigInt(input),
    () => new URL(input),
    () => new RegExp(`(${input}`),
    () => Reflect.construct(Map, [[input]]),
    () => new Intl.DateTimeFormat("en", { timeZone: input }),
    () => new Intl.NumberFormat("en", { style: "currency", currency: input }),
    () => new Intl.NumberFormat(`${input}_x`),
    () => new Headers({ name: `a\n${input}` }),
    () => new TextDecoder(input),
    () => Deno.readTextFileSync(`/${input}`),
  ];
  for (const run of tries) {
    try {
      run();
      throw new Error("It did not throw");
    } catch (error) {
      const message = redactMessage(error instanceof Error ? error.message : "");
      assertFalse(message.includes("planted"), message);
      assertFalse(message.includes("did not throw"), String(run));
    }
  }
});

Deno.test("redactMessage() removes long numbers, and paths and queries of URLs", () => {
  const messages: Readonly<Record<string, string>> = {
    "card 4111 1111 1111 1111 refused": "card … refused",
    "call +49 170 1234567 back": "call … back",
    "SSN 123-45-6789": "SSN …",
    "port 5432 took 120.25 ms (57014)": "port 5432 took 120.25 ms (57014)",
    "sending to https://hooks.example:8443/planted?planted=1 failed":
      "sending to https://hooks.example:8443/… failed",
    "at http://127.0.0.1:8080": "at http://127.0.0.1:8080",
  };
  for (const [message, expected] of Object.entries(messages)) assertEquals(redactMessage(message), expected);
});

Deno.test("redactMessage() takes linear time and truncates the message", () => {
  for (
    const part of ['"', "'", "1 ", "http://a/", "Invalid time zone specified", "Cannot convert ", 'column "']
  ) {
    for (const isDatabase of [false, true]) redactMessage(part.repeat(100_000 / part.length), { isDatabase });
  }
  assertEquals(redactMessage("x".repeat(100_000)).length, 501);
});

Deno.test("redactMessage() removes credentials and e-mail addresses", () => {
  const message = redactMessage(
    "Login of ada@example.com at postgres://ada:planted@db failed: Authorization: Bearer planted password=planted",
  );
  assertFalse(/planted|ada/.test(message), message);
});

Deno.test("redactMessage() does not return halves of surrogate pairs", () => {
  for (const text of ["x".repeat(499) + "😀😀", "x\uD800y", "\uDC00"]) {
    assertEquals(redactMessage(text).isWellFormed(), true);
  }
  assertEquals(redactMessage("x".repeat(499) + "😀😀"), "x".repeat(499) + "…");
});
