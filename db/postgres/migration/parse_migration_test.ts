import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { MigrationError } from "../../errors.ts";
import { parseMigration } from "./parse_migration.ts";

Deno.test("parseMigration() returns both parts with their lines and options", () => {
  assertEquals(parseMigration("-- migrate:up\nSELECT 1;\n\n-- migrate:down\nSELECT 2;\n", "1_a.sql"), {
    up: { sql: "SELECT 1;", line: 2, inTransaction: true },
    down: { sql: "SELECT 2;", line: 5, inTransaction: true },
  });
  const text =
    "-- why\r\n\r\n--migrate:up transaction:false\r\n\r\nSELECT 1; -- migrate:down is not here\r\n";
  assertEquals(parseMigration(text, "1_a.sql"), {
    up: { sql: "SELECT 1; -- migrate:down is not here", line: 5, inTransaction: false },
    down: undefined,
  });
  const empty = parseMigration("-- migrate:up\nSELECT 1;\n-- migrate:down transaction:false\n\n", "1_a.sql");
  assertEquals(empty.down, undefined);
});

Deno.test("parseMigration() rejects files that it would misinterpret", () => {
  const texts = {
    "SELECT 1;": "needs one",
    "\ufeff-- migrate:up\nSELECT 1;": "begins with a byte order mark, which dbmate rejects",
    "\ufeff-- why\n-- migrate:up\nSELECT 1;": "begins with a byte order mark",
    "-- migrate:upwards\nSELECT 1;": "needs one",
    "-- migrate:down\nSELECT 1;\n-- migrate:up\nSELECT 2;": "needs one",
    "-- migrate:up\nSELECT 1;\n-- migrate:up\nSELECT 2;": "needs one",
    "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;\n-- migrate:up\nSELECT 3;": "needs one",
    "SELECT 0;\n-- migrate:up\nSELECT 1;": "has statements before",
    "-- migrate:up transaction:no\nSELECT 1;": "has an option",
    "-- migrate:up\n\n-- migrate:down\nSELECT 1;": "is empty",
  };
  for (const [text, expected] of Object.entries(texts)) {
    const { message } = assertThrows(() => parseMigration(text, "1_a.sql"), MigrationError);
    assertStringIncludes(message, "Migration 1_a.sql ");
    assertStringIncludes(message, expected);
  }
});
