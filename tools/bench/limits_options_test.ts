import { assertEquals, assertThrows } from "@std/assert";
import { parseLimitsOptions } from "./limits_options.ts";

Deno.test("parseLimitsOptions() has defaults, and takes what is given", () => {
  assertEquals(parseLimitsOptions([]), { rounds: 15, requests: 10_000, json: undefined });
  assertEquals(parseLimitsOptions(["--rounds", "9", "--requests", "500", "--json", "dist/x.json"]), {
    rounds: 9,
    requests: 500,
    json: "dist/x.json",
  });
  assertEquals(parseLimitsOptions(["--help"]), undefined);
  for (const args of [["--rounds", "0"], ["--requests", "1.5"], ["--nope"], ["more"]]) {
    assertThrows(() => parseLimitsOptions(args), TypeError);
  }
});
