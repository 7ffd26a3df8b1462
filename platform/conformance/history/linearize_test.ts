import { assertEquals } from "@std/assert";
import type { Operation } from "./history.ts";
import { linearize, type SequentialModel } from "./linearize.ts";

/** Register whose operations are "write" and "read" of `value`. */
const REGISTER: SequentialModel = {
  initial: "0",
  step: (state, { action, input, output }) =>
    action === "write" ? String(input["value"]) : output["value"] === state ? state : undefined,
};

/** Returns an operation, such as "write 1 from 0 to 3"; "to never" has an unknown outcome. */
function operation(text: string, index: number): Operation {
  const [, action = "", value = "", from, to] = /^(\w+) (\w+) from (\d+) to (\w+)$/.exec(text) ?? [];
  const isUnknown = to === "never";
  return {
    ...{ index, process: index, action, key: "x", outcome: isUnknown ? "unknown" : "ok" },
    ...(action === "write" ? { input: { value }, output: {} } : { input: {}, output: { value } }),
    ...{ invoked: Number(from), returned: isUnknown ? Infinity : Number(to) },
    ...{ startMs: Number(from), endMs: isUnknown ? Infinity : Number(to) },
  };
}

const HISTORIES: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  "reads of the last write": ["linearizable", ["write 1 from 0 to 1", "read 1 from 2 to 3"]],
  "a read of a former value": ["violated", ["write 1 from 0 to 1", "read 0 from 2 to 3"]],
  "a concurrent read of either value": ["linearizable", [
    "write 1 from 0 to 5",
    "read 0 from 1 to 2",
    "read 1 from 3 to 4",
  ]],
  "concurrent reads that go back": ["violated", [
    "write 1 from 0 to 5",
    "read 1 from 1 to 2",
    "read 0 from 3 to 4",
  ]],
  "an unknown write that took effect late": ["linearizable", [
    "write 1 from 0 to never",
    "read 0 from 1 to 2",
    "read 1 from 3 to 4",
  ]],
  "an unknown write that never took effect": ["linearizable", [
    "write 1 from 0 to never",
    "read 0 from 1 to 2",
  ]],
  "an unknown write that took effect before it began": ["violated", [
    "read 1 from 0 to 1",
    "write 1 from 2 to never",
  ]],
  "a read of what was not written": ["violated", ["write 1 from 0 to 1", "read 2 from 2 to 3"]],
  "overlapping writes in the order of the reads": [
    "linearizable",
    ["write 1 from 0 to 4", "write 2 from 1 to 5", "read 2 from 6 to 7", "read 2 from 8 to 9"],
  ],
  "overlapping writes in two orders": [
    "violated",
    ["write 1 from 0 to 4", "write 2 from 1 to 5", "read 2 from 6 to 7", "read 1 from 8 to 9"],
  ],
};

Deno.test("linearize() finds an order of concurrent operations, or that there is none", () => {
  for (const [name, [verdict, lines]] of Object.entries(HISTORIES)) {
    assertEquals([name, linearize(lines.map(operation), REGISTER).verdict], [name, verdict]);
  }
});

Deno.test("linearize() gives up after a number of orders", () => {
  const many = Array.from(
    { length: 12 },
    (_, index) => operation(`write ${index} from ${index} to 99`, index),
  );
  const impossible = [...many, operation("read none from 100 to 101", 12)];
  assertEquals(linearize(impossible, REGISTER).verdict, "violated");
  assertEquals(linearize(impossible, REGISTER, 100).verdict, "undecided");
});
