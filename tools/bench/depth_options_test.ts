import { assertEquals, assertThrows } from "@std/assert";
import { DEPTH_PARTS, parseDepthOptions } from "./depth_options.ts";

Deno.test("parseDepthOptions() measures everything on a million contacts by default", () => {
  assertEquals(parseDepthOptions([]), {
    contacts: 1_000_000,
    rounds: 5,
    seconds: 2,
    connections: 16,
    parts: DEPTH_PARTS,
    json: undefined,
  });
});

Deno.test("parseDepthOptions() reads every option", () => {
  const args = [
    "--contacts",
    "20000",
    "--rounds=3",
    "--seconds",
    "0.5",
    "--connections",
    "8",
    "--json",
    "a.json",
  ];
  assertEquals(parseDepthOptions([...args, "--only", "replicas", "--only", "load"]), {
    contacts: 20_000,
    rounds: 3,
    seconds: 0.5,
    connections: 8,
    parts: ["load", "replicas"],
    json: "a.json",
  });
  assertEquals(parseDepthOptions(["--help"]), undefined);
});

Deno.test("parseDepthOptions() refuses what it cannot measure", () => {
  for (
    const args of [["--contacts", "19999"], ["--contacts", "1e9"], ["--rounds", "0"], ["--only", "starts"]]
  ) {
    assertThrows(() => parseDepthOptions(args), TypeError, args[0]);
  }
});
