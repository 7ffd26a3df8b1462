import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { UsageError } from "@archway/service_kit/command.ts";
import { parseMigrateArguments } from "./migrate_arguments.ts";

Deno.test("parseMigrateArguments() parses every action", () => {
  assertEquals(parseMigrateArguments(["up"]), { action: "up", dryRun: false });
  assertEquals(parseMigrateArguments(["--dry-run", "up"]), { action: "up", dryRun: true });
  assertEquals(parseMigrateArguments(["down"]), { action: "down", dryRun: false, count: 1 });
  assertEquals(parseMigrateArguments(["down", "3", "--dry-run"]), { action: "down", dryRun: true, count: 3 });
  assertEquals(parseMigrateArguments(["status"]), { action: "status" });
  assertEquals(parseMigrateArguments(["lint"]), { action: "lint", files: "pending" });
  assertEquals(parseMigrateArguments(["lint", "--all"]), { action: "lint", files: "all" });
  assertEquals(parseMigrateArguments(["lint", "1_a.sql", "b/c/2_b.sql"]), {
    action: "lint",
    files: ["1_a.sql", "2_b.sql"],
  });
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
    ["lint", "--all", "1_a.sql"],
    ["lint", "--dry-run"],
    ...["0", "-1", "1.5", "all", "99999", "1e2"].map((count) => ["down", count]),
  ];
  for (const args of refused) {
    const { message } = assertThrows(() => parseMigrateArguments(args), UsageError);
    assertMatch(message, /^[^\n]+[^.\n]$/, args.join(" "));
  }
});
