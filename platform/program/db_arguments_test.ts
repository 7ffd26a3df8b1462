import { assertEquals, assertFalse, assertThrows } from "@std/assert";
import { UsageError } from "@archway/service_kit/command.ts";
import { parseDbArguments } from "./db_arguments.ts";

Deno.test("parseDbArguments() parses every action and its options", () => {
  assertEquals(parseDbArguments(["copy"]), { action: "copy", to: undefined });
  assertEquals(parseDbArguments(["copy", "--to", "postgres://a"]), { action: "copy", to: "postgres://a" });
  assertEquals(parseDbArguments(["copy", "--to=postgres://a"]), { action: "copy", to: "postgres://a" });
  assertEquals(parseDbArguments(["status"]), { action: "status", json: false });
  assertEquals(parseDbArguments(["--json", "status"]), { action: "status", json: true });
  assertEquals(parseDbArguments(["dump"]), { action: "dump" });
  assertEquals(parseDbArguments(["restore"]), { action: "restore" });
});

Deno.test("parseDbArguments() rejects unknown arguments in one line without repeating values", () => {
  const wrong = [
    "",
    "move",
    "copy postgres://a:sesame@b/c",
    "copy --to",
    "copy --to=",
    "copy --form=postgres://a:sesame@b/c",
    "copy --json",
    "status --to=postgres://a:sesame@b/c",
    "status --json=sesame",
    "status more",
    "dump sesame",
    "restore --to=postgres://a:sesame@b/c",
    "toString",
  ];
  for (const line of wrong) {
    const { message } = assertThrows(() => parseDbArguments(line.split(" ")), UsageError);
    assertFalse(/sesame|\n/.test(message), message);
  }
});
