import { assertEquals, assertFalse, assertThrows } from "@std/assert";
import { UsageError } from "./command.ts";
import { parseAction, refusePositionals } from "./parse_action.ts";

const ACTIONS = { list: { json: "flag", kind: "text" }, drop: {} } as const;

Deno.test("parseAction() returns the action, its positional arguments and options in any order", () => {
  assertEquals(parseAction(["--kind", "a", "list", "b", "--json", "--kind=c"], ACTIONS), {
    action: "list",
    positionals: ["b"],
    values: new Map([["kind", "c"], ["json", ""]]),
  });
  assertEquals(parseAction(["drop", "--", "--json"], ACTIONS).positionals, ["--json"]);
});

Deno.test("parseAction() names the first invalid argument without repeating it", () => {
  const wrong: readonly (readonly [string[], string])[] = [
    [[], "expected one of: list, drop"],
    [["sesame"], "expected one of: list, drop"],
    [["toString"], "expected one of: list, drop"],
    [["list", "--sesame"], "unknown option: list accepts --json, --kind"],
    [["list", "--toString"], "unknown option: list accepts --json, --kind"],
    [["list", "-s"], "unknown option: list accepts --json, --kind"],
    [["list", "--kind"], "--kind requires a value"],
    [["list", "--kind="], "--kind requires a value"],
    [["list", "--json=sesame"], "--json accepts no value"],
    [["drop", "--json"], "unknown option: drop accepts no options"],
  ];
  for (const [args, message] of wrong) {
    const error = assertThrows(() => parseAction(args, ACTIONS), UsageError);
    assertEquals(error.message, message);
    assertFalse(error.message.includes("sesame"));
  }
});

Deno.test("refusePositionals() rejects positional arguments without repeating them", () => {
  refusePositionals(parseAction(["list", "--json"], ACTIONS));
  const error = assertThrows(() => refusePositionals(parseAction(["list", "sesame"], ACTIONS)), UsageError);
  assertEquals(error.message, "list accepts no positional arguments");
});
