import { assertEquals, assertFalse, assertThrows } from "@std/assert";
import { DbArgumentsError, parseDbArguments } from "./db_arguments.ts";

Deno.test("parseDbArguments() parses both actions and their options", () => {
  assertEquals(parseDbArguments(["copy"]), { action: "copy", to: undefined });
  assertEquals(parseDbArguments(["copy", "--to", "postgres://a"]), { action: "copy", to: "postgres://a" });
  assertEquals(parseDbArguments(["copy", "--to=postgres://a"]), { action: "copy", to: "postgres://a" });
  assertEquals(parseDbArguments(["status"]), { action: "status", json: false });
  assertEquals(parseDbArguments(["--json", "status"]), { action: "status", json: true });
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
  ];
  for (const line of wrong) {
    const { message } = assertThrows(() => parseDbArguments(line.split(" ")), DbArgumentsError);
    assertFalse(/sesame|\n/.test(message), message);
  }
});
