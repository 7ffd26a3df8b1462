import { assertEquals, assertThrows } from "@std/assert";
import { parseOverloadOptions } from "./overload_options.ts";

Deno.test("parseOverloadOptions() reads how many come and how much they ask for", () => {
  assertEquals(parseOverloadOptions(["--crowd", "100", "--times", "2.5", "--rounds", "1"]), {
    rounds: 1,
    seconds: 3,
    connections: 16,
    json: undefined,
    crowd: 100,
    times: 2.5,
  });
  assertEquals(parseOverloadOptions(["--help"]), undefined);
  assertThrows(() => parseOverloadOptions(["--times", "0.5"]), TypeError, "--times takes a number from 1");
});
