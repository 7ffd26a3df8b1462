import { assertEquals } from "@std/assert";
import { reportedMigrations } from "./migration_rule.ts";

Deno.test("reportedMigrations() reports statements of migrations that block the running version", async () => {
  const add = "-- migrate:up\nalter table widgets add constraint sized check (size is not null) not valid";
  const texts = new Map([
    [
      "widget_service/migrations/20261122000001_create_widgets.sql",
      "-- migrate:up\ncreate table widgets (size int);",
    ],
    ["widget_service/migrations/20261201000000_size.sql", add],
    [
      "widget_service/migrations/20261202000000_valid.sql",
      "-- migrate:up\nalter table widgets validate constraint sized",
    ],
    [
      "widget_service/migrations/20261203000000_index.sql",
      "-- migrate:up\nalter table widgets alter size set not null;\ncreate index on widgets (size);",
    ],
    ["widget_service/module.ts", ""],
  ]);
  assertEquals(await reportedMigrations(texts), [
    "widget_service/migrations/20261203000000_index.sql:3: index: widgets: index: writes are blocked while the index is " +
    'created or dropped; use "concurrently", in a file of its own with "transaction:false"',
  ]);
});
