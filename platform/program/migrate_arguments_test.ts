import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { MigrateArgumentsError, parseMigrateArguments } from "./migrate_arguments.ts";

Deno.test("parseMigrateArguments() parses every action", () => {
  assertEquals(parseMigrateArguments(["up"]), { action: "up", dryRun: false });
  assertEquals(parseMigrateArguments(["--dry-run", "up"]), { action: "up", dryRun: true });
  assertEquals(parseMigrateArguments(["down"]), { action: "down", dryRun: false, count: 1 });
  assertEquals(parseMigrateArguments(["down", "3", "--dry-run"]), { action: "down", dryRun: true, count: 3 });
  assertEquals(parseMigrateArguments(["status"]), { action: "status" });
  assertEquals(parseMigrateArguments(["new", "a"]), { action: "new", name: "a", service: undefined });
  assertEquals(parseMigrateArguments(["new", "a", "--service=b"]), {
    action: "new",
    name: "a",
    service: "b",
  });
});

Deno.test("parseMigrateArguments() rejects superfluous and invalid arguments in one line", () => {
  const refused = [
    [],
    ["sideways"],
    ["up", "1"],
    ["status", "all"],
    ["status", "--dry-run"],
    ["new"],
    ["new", "a", "--dry-run"],
    ["new", "a", "b"],
    ["new", "a", "--service"],
    ["up", "--service", "a"],
    ["up", "--force"],
    ...["0", "-1", "1.5", "all", "99999", "1e2"].map((count) => ["down", count]),
  ];
  for (const args of refused) {
    const { message } = assertThrows(() => parseMigrateArguments(args), MigrateArgumentsError);
    assertMatch(message, /^[^\n]+[^.\n]$/, args.join(" "));
  }
});
