import { assertEquals, assertThrows } from "@std/assert";
import { parseVerifyOptions } from "./verify_options.ts";

Deno.test("parseVerifyOptions() takes a duration, a seed and files", () => {
  const args = ["--minutes", "0.5", "--seed", "7", "--history", "a.ndjson", "--check", "b.ndjson"];
  assertEquals(parseVerifyOptions(args), {
    ...{ minutes: 0.5, seed: 7, history: "a.ndjson", check: "b.ndjson", isAsynchronous: false },
  });
  assertEquals(parseVerifyOptions(["--help"]), undefined);
});

Deno.test("parseVerifyOptions() refuses what is no duration, seed or option", () => {
  for (
    const args of [["--minutes", "0"], ["--minutes", "x"], ["--seed", "-1"], ["--seed", "1.5"], ["--nope"]]
  ) {
    assertThrows(() => parseVerifyOptions(args), TypeError);
  }
});
