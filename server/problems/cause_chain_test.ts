import { assertEquals, assertFalse } from "@std/assert";
import { causeChain } from "./cause_chain.ts";

Deno.test("causeChain() tells what happened, outermost first", () => {
  const cause = new TypeError("Reading the answer", { cause: "a string" });
  assertEquals(causeChain(new Error("Writing the note", { cause })), [
    "Error: Writing the note",
    "TypeError: Reading the answer",
    "Something that is not an Error was thrown",
  ]);
});

Deno.test("causeChain() leaves out what a parser was given, and keeps the names of a schema", () => {
  const messageOf = (message: string): string | undefined => causeChain(new Error(message))[0];
  assertEquals(
    messageOf('invalid input syntax for type uuid: "planted"'),
    'Error: invalid input syntax for type uuid: "…"',
  );
  assertEquals(
    messageOf('null value in column "name" of relation "profiles" violates not-null constraint'),
    'Error: null value in column "name" of relation "profiles" violates not-null constraint',
  );
  assertEquals(messageOf('it begins: "planted" and never ends'), 'Error: it begins: "…"');
  try {
    JSON.parse('{"planted-name": planted-value}');
  } catch (error) {
    assertFalse(JSON.stringify(causeChain(error)).includes("planted"));
  }
});

Deno.test("causeChain() ends", () => {
  const loop = new Error("Round and round");
  loop.cause = loop;
  assertEquals(causeChain(loop).length, 8);
  assertEquals(causeChain(new Error("x".repeat(100_000)))[0]?.length, 508);
});
