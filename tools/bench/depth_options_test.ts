import { assertEquals, assertThrows } from "@std/assert";
import { DEPTH_PARTS, parseDepthOptions } from "./depth_options.ts";

Deno.test("parseDepthOptions() measures everything on a million profiles by default", () => {
  assertEquals(parseDepthOptions([]), {
    profiles: 1_000_000,
    rounds: 5,
    seconds: 2,
    connections: 16,
    parts: DEPTH_PARTS,
    json: undefined,
  });
});

Deno.test("parseDepthOptions() reads every option", () => {
  const args = [
    "--profiles",
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
    profiles: 20_000,
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
    const args of [["--profiles", "19999"], ["--profiles", "1e9"], ["--rounds", "0"], ["--only", "starts"]]
  ) {
    assertThrows(() => parseDepthOptions(args), TypeError, args[0]);
  }
});
