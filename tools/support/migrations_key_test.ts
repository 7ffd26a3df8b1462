import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { migrationFolder } from "./migration_folder.ts";
import { migrationsKey } from "./migrations_key.ts";

Deno.test("migrationsKey() only changes with files and sources", async () => {
  await using first = await migrationFolder({ "1_first.sql": "SELECT 1", "2_second.sql": "SELECT 2" });
  await using again = await migrationFolder({ "2_second.sql": "SELECT 2", "1_first.sql": "SELECT 1" });
  const key = migrationsKey(first.sources);
  assertMatch(key, /^[0-9a-f]{16}$/);
  assertEquals(migrationsKey(again.sources), key);
  assertNotEquals(migrationsKey([]), key);
  assertNotEquals(migrationsKey(first.sources.map((source) => ({ ...source, name: "other" }))), key);
  await again.write("2_second.sql", "SELECT 3");
  assertNotEquals(migrationsKey(again.sources), key);
});
