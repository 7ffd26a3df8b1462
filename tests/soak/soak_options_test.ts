import { assertEquals, assertThrows } from "@std/assert";
import { parseSoakOptions, type SoakOptions } from "./soak_options.ts";

Deno.test("parseSoakOptions() defaults to ten minutes at a measured rate", () => {
  assertEquals(parseSoakOptions([]), { minutes: 10, rate: undefined, driver: "wire", json: undefined });
});

Deno.test("parseSoakOptions() reads every option", () => {
  const options: SoakOptions = { minutes: 0.75, rate: 150, driver: "postgres.js", json: "dist/soak.json" };
  assertEquals(
    parseSoakOptions(["--minutes", "0.75", "--rate=150", "--driver=postgres.js", "--json", "dist/soak.json"]),
    options,
  );
  assertEquals(parseSoakOptions(["--help"]), undefined);
});

Deno.test("parseSoakOptions() rejects invalid values", () => {
  for (
    const args of [
      ["--minutes", "0.4"],
      ["--minutes", "x"],
      ["--rate", "0"],
      ["--quick"],
      ["--driver", "pg"],
      ["now"],
    ]
  ) {
    assertThrows(() => parseSoakOptions(args), TypeError);
  }
});
