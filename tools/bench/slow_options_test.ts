import { assertEquals, assertThrows } from "@std/assert";
import { parseSlowOptions } from "./slow_options.ts";

Deno.test("parseSlowOptions() has 1,000 slow clients beside 50 by default", () => {
  const defaults = { rounds: 5, seconds: 6, connections: 50, slow: 1000, json: undefined };
  assertEquals(parseSlowOptions([]), defaults);
});

Deno.test("parseSlowOptions() reads every option", () => {
  const args = ["--rounds=3", "--seconds", "0.5", "--connections", "8", "--slow=10", "--json", "a.json"];
  const options = { rounds: 3, seconds: 0.5, connections: 8, slow: 10, json: "a.json" };
  assertEquals(parseSlowOptions(args), options);
  assertEquals(parseSlowOptions(["--help"]), undefined);
});

Deno.test("parseSlowOptions() refuses what it cannot measure", () => {
  for (const args of [["--slow", "4001"], ["--rounds", "0"], ["--only", "health"]]) {
    assertThrows(() => parseSlowOptions(args), TypeError, args[0]);
  }
});
