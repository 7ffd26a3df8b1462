import { assertEquals, assertThrows } from "@std/assert";
import { parseTelemetryOptions } from "./telemetry_options.ts";

Deno.test("parseTelemetryOptions() has defaults, and takes what is given", () => {
  assertEquals(parseTelemetryOptions([]), { rounds: 5, seconds: 2, connections: 16, json: undefined });
  assertEquals(parseTelemetryOptions(["--rounds", "9", "--seconds", "0.5", "--json", "dist/x.json"]), {
    rounds: 9,
    seconds: 0.5,
    connections: 16,
    json: "dist/x.json",
  });
  assertEquals(parseTelemetryOptions(["--help"]), undefined);
  for (const args of [["--rounds", "0"], ["--seconds", "x"], ["--nope"], ["more"]]) {
    assertThrows(() => parseTelemetryOptions(args), TypeError);
  }
});
