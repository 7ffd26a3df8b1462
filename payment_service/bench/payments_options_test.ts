import { assertEquals, assertThrows } from "@std/assert";
import { parsePaymentsOptions, PAYMENTS_PARTS } from "./payments_options.ts";

Deno.test("parsePaymentsOptions() has defaults, and takes what is given", () => {
  const defaults = {
    accounts: 1000,
    events: 200_000,
    rounds: 5,
    seconds: 3,
    connections: 16,
    json: undefined,
  };
  assertEquals(parsePaymentsOptions([]), { ...defaults, parts: PAYMENTS_PARTS });
  const args = ["--accounts=500", "--events=5000", "--rounds=1", "--seconds=0.5", "--connections=4"];
  assertEquals(parsePaymentsOptions([...args, "--json", "a.json", "--only", "hot", "--only", "many"]), {
    accounts: 500,
    events: 5000,
    rounds: 1,
    seconds: 0.5,
    connections: 4,
    json: "a.json",
    parts: ["many", "hot"],
  });
  assertEquals(parsePaymentsOptions(["--help"]), undefined);
});

Deno.test("parsePaymentsOptions() refuses what it cannot measure", () => {
  for (const args of [["--accounts", "10"], ["--events", "1"], ["--rounds", "0"], ["--only", "x"], ["x"]]) {
    assertThrows(() => parsePaymentsOptions(args), TypeError, args[0]);
  }
});
