import { assertEquals, assertThrows } from "@std/assert";
import { parsePeerOptions } from "./main.ts";

Deno.test("parsePeerOptions() has defaults, and reads options", () => {
  const options = parsePeerOptions([]);
  assertEquals(options?.settings, { rounds: 7, seconds: 2, connections: 32 });
  assertEquals([options?.rows.length, options?.write, options?.from], [5, false, undefined]);
  const chosen = parsePeerOptions(["--only", "one", "--peer", "Fastify + pg", "--rounds=3", "--write"]);
  assertEquals([chosen?.rows, chosen?.names, chosen?.settings.rounds, chosen?.write], [
    ["one"],
    ["Fastify + pg"],
    3,
    true,
  ]);
  assertEquals(parsePeerOptions(["--help"]), undefined);
});

Deno.test("parsePeerOptions() reports bad usage", () => {
  assertThrows(() => parsePeerOptions(["--peer", "Other"]), TypeError, "--peer Other is unknown");
  assertThrows(() => parsePeerOptions(["--only", "other"]), TypeError, "--only other is unknown");
  assertThrows(() => parsePeerOptions(["--rounds", "1.5"]), TypeError, "--rounds takes a whole number");
});
