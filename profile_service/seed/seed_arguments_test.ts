import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { microsecondsOf } from "@archway/db/timestamp.ts";
import { UsageError } from "@archway/service_kit/command.ts";
import { parseSeedArguments } from "./seed_arguments.ts";

Deno.test("parseSeedArguments() reads every option and requires only the number of profiles", () => {
  assertEquals(parseSeedArguments(["--profiles", "1000"]), {
    profiles: 1000,
    randomSeed: 1,
    until: microsecondsOf("2026-11-01T00:00:00Z"),
  });
  assertEquals(
    parseSeedArguments(["--profiles=7", "--random-seed", "0", "--until=2025-01-02T03:04:05.678Z"]),
    {
      profiles: 7,
      randomSeed: 0,
      until: microsecondsOf("2025-01-02T03:04:05.678Z"),
    },
  );
});

Deno.test("parseSeedArguments() names the invalid argument in one line", () => {
  const refused: readonly (readonly [args: readonly string[], named: RegExp])[] = [
    [[], /--profiles is required/],
    [["--profiles"], /--profiles requires a value/],
    [["--profiles", ""], /--profiles must be/],
    [["--profiles", "many"], /--profiles must be/],
    [["--profiles", "0"], /--profiles must be/],
    [["--profiles", "1e3"], /--profiles must be/],
    [["--profiles=-3"], /--profiles must be/],
    [["--profiles", "10000001"], /from 1 to 10,000,000/],
    [["--profiles", "1", "--random-seed", "4294967296"], /--random-seed must be/],
    [["--profiles", "1", "--until", "2026-02-30x"], /--until must be/],
    [["--profiles", "1", "--until", "yesterday"], /--until must be/],
    [["--profile", "1"], /unknown option --profile$/],
    [["--profiles", "1", "extra"], /unexpected argument/],
  ];
  for (const [args, named] of refused) {
    const { message } = assertThrows(() => parseSeedArguments(args), UsageError);
    assertMatch(message, named);
    assertEquals(message.split("\n").length, 1);
  }
});
