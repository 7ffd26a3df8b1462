import { assert, assertEquals, assertFalse } from "@std/assert";
import { describeError, type ErrorDescription, errorToJson } from "./describe_error.ts";

/** Names and messages of an error and what is below it. */
function outline({ name, message, cause, errors }: ErrorDescription): unknown {
  return [`${name}: ${message}`, ...(cause ? [outline(cause)] : []), ...(errors ?? []).map(outline)];
}

Deno.test("describeError() follows causes, outermost first, each with its frames", () => {
  const cause = new TypeError("Reading the answer", { cause: "planted" });
  const described = describeError(new Error("Writing the note", { cause }));
  assertEquals(outline(described), [
    "Error: Writing the note",
    ["TypeError: Reading the answer", ["string: It is not an Error"]],
  ]);
  for (const each of [described, described.cause]) {
    assertEquals(each?.frames[0]?.file, "platform/observability/logging/describe_error_test.ts");
  }
});

Deno.test("describeError() shows the errors of an AggregateError and of a SuppressedError", () => {
  const both = new SuppressedError(new Error("Closing"), new Error("Writing"), "Ended");
  assertEquals(outline(describeError(new AggregateError([new Error("One"), both], "All failed"))), [
    "AggregateError: All failed",
    ["Error: One"],
    ["SuppressedError: Ended", ["Error: Closing"], ["Error: Writing"]],
  ]);
});

Deno.test("describeError() ends", () => {
  const loop = new Error("Round and round");
  loop.cause = new Error("And round", { cause: loop });
  assertEquals(outline(describeError(loop)), ["Error: Round and round", ["Error: And round"]]);
  let chain = new Error("The first");
  for (let count = 0; count < 10_000; count++) chain = new Error("Next", { cause: chain });
  assertEquals(JSON.stringify(outline(describeError(chain))).match(/Next/g)?.length, 8);
  const wide = (depth: number): Error =>
    new AggregateError(depth === 0 ? [] : Array.from({ length: 5 }, () => wide(depth - 1)), "Wide");
  assertEquals(JSON.stringify(outline(describeError(wide(4)))).match(/Wide/g)?.length, 16);
  assertEquals(describeError(new Error("x".repeat(100_000))).message.length, 501);
  assertEquals(describeError(new Error("x".repeat(100_000)), { inFull: true }).message.length, 4_001);
});

Deno.test("describeError() leaves out of messages what they may repeat, unless they are to be shown in full", () => {
  const error = new Error('No such name: "planted"', { cause: { planted: true } });
  assertFalse(JSON.stringify(errorToJson(describeError(error))).includes("planted"));
  const described = describeError(error, { inFull: true });
  assertEquals(outline(described), ['Error: No such name: "planted"', ["object: { planted: true }"]]);
});

Deno.test("describeError() takes the code of an error and what it offers for the log, but nothing else", () => {
  class OddError extends Error {
    override readonly name = "OddError";
    readonly code = "odd";
    readonly planted = "planted";
    readonly logFields = {
      table: "notes",
      position: 3,
      absent: undefined,
      password: "planted",
      email: "planted",
      message: "planted",
      inside: { planted: true },
    };
  }
  const json = errorToJson(describeError(new OddError("Odd")));
  assert(Array.isArray(json["frames"]));
  assertEquals(JSON.parse(JSON.stringify({ ...json, frames: undefined })), {
    name: "OddError",
    code: "odd",
    message: "Odd",
    table: "notes",
    position: 3,
  });
  const named = Object.assign(new Error("Odd"), { name: "planted name", code: "planted code" });
  assertEquals(JSON.stringify({ ...describeError(named), frames: [] }).includes("planted"), false);
});
