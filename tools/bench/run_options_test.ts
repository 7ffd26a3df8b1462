import { assertEquals, assertThrows } from "@std/assert";
import { parseArgs } from "node:util";
import { runArguments, type RunOptions, runOptions } from "./run_options.ts";

function parse(args: string[]): RunOptions {
  const options = runArguments({ rounds: 3, seconds: 0.5, connections: 8 });
  return runOptions(parseArgs({ args, options: { ...options } }).values);
}

Deno.test("runOptions() has the defaults that were given, and takes what is given instead", () => {
  assertEquals(parse([]), { rounds: 3, seconds: 0.5, connections: 8, json: undefined });
  const args = ["--rounds", "9", "--seconds=2.5", "--connections", "256", "--json", "dist/x.json"];
  assertEquals(parse(args), { rounds: 9, seconds: 2.5, connections: 256, json: "dist/x.json" });
});

Deno.test("runOptions() refuses numbers that cannot be measured with", () => {
  for (
    const [name, value] of [["rounds", "0"], ["rounds", "1.5"], ["seconds", "x"], ["connections", "257"]]
  ) {
    assertThrows(() => parse([`--${name}`, `${value}`]), TypeError, name);
  }
});
