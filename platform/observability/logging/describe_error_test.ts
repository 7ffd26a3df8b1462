import { assert, assertEquals, assertFalse } from "@std/assert";
import type { LoggedError } from "@archway/service_kit/developer_tool.ts";
import { describeError, errorToJson } from "./describe_error.ts";

/** Returns the names and messages of an error and its causes. */
function outline({ name, message, cause, errors }: LoggedError): unknown {
  return [`${name}: ${message}`, ...(cause ? [outline(cause)] : []), ...(errors ?? []).map(outline)];
}

Deno.test("describeError() follows causes, outermost first, each with its frames", () => {
  const cause = new TypeError("Reading the response", { cause: "planted" });
  const described = describeError(new Error("Writing the note", { cause }));
  assertEquals(outline(described), [
    "Error: Writing the note",
    ["TypeError: Reading the response", ["string: not an Error"]],
  ]);
  for (const each of [described, described.cause]) {
    assertEquals(each?.frames[0]?.file, "platform/observability/logging/describe_error_test.ts");
  }
});

Deno.test("describeError() includes the errors of an AggregateError and of a SuppressedError", () => {
  const both = new SuppressedError(new Error("Closing"), new Error("Writing"), "Ended");
  assertEquals(outline(describeError(new AggregateError([new Error("One"), both], "All failed"))), [
    "AggregateError: All failed",
    ["Error: One"],
    ["SuppressedError: Ended", ["Error: Closing"], ["Error: Writing"]],
  ]);
});

Deno.test("describeError() cuts cycles and long chains of causes", () => {
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

Deno.test("describeError() redacts messages unless inFull is set", () => {
  const error = new Error('No such name: "planted"', { cause: { planted: true } });
  assertFalse(JSON.stringify(errorToJson(describeError(error))).includes("planted"));
  const described = describeError(error, { inFull: true });
  assertEquals(outline(described), ['Error: No such name: "planted"', ["object: { planted: true }"]]);
});

Deno.test("describeError() includes the code and the logFields of an error, and no other properties", () => {
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
