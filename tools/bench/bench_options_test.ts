import { assertEquals, assertThrows } from "@std/assert";
import { parseBenchOptions, ROWS } from "./bench_options.ts";

Deno.test("parseBenchOptions() measures everything by default", () => {
  const options = parseBenchOptions([]);
  assertEquals(options, {
    rounds: 5,
    seconds: 2,
    connections: 16,
    rows: ROWS,
    starts: true,
    against: undefined,
    json: undefined,
  });
});

Deno.test("parseBenchOptions() reads every option", () => {
  const args = ["--rounds", "3", "--seconds=0.5", "--connections", "8", "--json", "a.json"];
  assertEquals(parseBenchOptions([...args, "--only", "list", "--only", "one"]), {
    rounds: 3,
    seconds: 0.5,
    connections: 8,
    rows: ["one", "list"],
    starts: false,
    against: undefined,
    json: "a.json",
  });
  assertEquals(parseBenchOptions(["--only", "starts"])?.rows, []);
  assertEquals(parseBenchOptions(["--help"]), undefined);
});

Deno.test("parseBenchOptions() compares requests, not starts, with another checkout", () => {
  const options = parseBenchOptions(["--against", "../before", "--path", "/v1/contacts"]);
  assertEquals([options?.against, options?.rows, options?.starts], [
    { checkout: "../before", path: "/v1/contacts" },
    ROWS,
    false,
  ]);
  for (const args of [[], ["--path", "v1"], ["--path", "/v1", "--only", "starts"]]) {
    assertThrows(() => parseBenchOptions(["--against", "../before", ...args]), TypeError, "--against");
  }
  assertThrows(() => parseBenchOptions(["--path", "/v1"]), TypeError, "--against");
});

Deno.test("parseBenchOptions() refuses what it does not know", () => {
  const wrong = [["--rounds", "0"], ["--rounds", "1.5"], ["--seconds", "x"], ["--connections", "257"], [
    "--only",
    "x",
  ]];
  for (const args of wrong) assertThrows(() => parseBenchOptions(args), TypeError, args[0]);
  assertThrows(() => parseBenchOptions(["--fast"]), TypeError);
});
