import { assertEquals, assertNotEquals } from "@std/assert";
import { join } from "node:path";
import { lintSources } from "@archway/db/postgres/lint_migrations.ts";
import { lintRules } from "@archway/db/postgres/migration_lint/lint_rules.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";

import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { dumpSchema, schemaText } from "@archway/tools/schema/dump_schema.ts";
import { PROFILE_MIGRATIONS } from "./testing/profile_databases.ts";
import { migrationFolder } from "@archway/tools/support/migration_folder.ts";

const ROOT = join(import.meta.dirname ?? ".", "..");
const GUIDE = await Deno.readTextFile(join(ROOT, "docs/migrations.md"));

/** SQL files in the guide, by name. Each block follows a paragraph that ends with the file's name and a colon. */
function filesOfGuide(): Readonly<Record<string, string>> {
  const blocks = GUIDE.matchAll(/`(\d{14}_\w+\.sql)`[^`]*:\n\n```sql\n([^`]+)```/g);
  return Object.fromEntries([...blocks].map(([, name = "", sql = ""]) => [name, sql]));
}

Deno.test("docs/migrations.md's example migrations are not reported by the lint", async () => {
  await using folder = await migrationFolder(filesOfGuide());
  assertEquals(await lintSources(folder.sources), { checked: 8, findings: [] });
});

Deno.test("docs/migrations.md lists every rule of the lint", () => {
  const [, table = ""] = /\| Rule .*\n((?:\|.*\n)+)/.exec(GUIDE) ?? [];
  const rules = [...table.matchAll(/^\| ([^|]+)\|/gm)].flatMap(([, names = ""]) =>
    names.match(/[a-z][\w-]+/g) ?? []
  );
  assertEquals(rules.sort(), Object.keys(lintRules).sort());
});

Deno.test("docs/migrations.md's example migrations apply and revert", async () => {
  const files = filesOfGuide();
  assertEquals(Object.keys(files).length, 8);
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [] });
  await using folder = await migrationFolder(files);
  const sources = [...PROFILE_MIGRATIONS, ...folder.sources];
  await pool.migrate(PROFILE_MIGRATIONS);
  const before = schemaText(await dumpSchema(pool.writer()));
  await pool.writer().query(`INSERT INTO profiles (id, name, created_at, updated_at)
    SELECT uuidv7(), 'Person ' || n, now(), now() FROM generate_series(1, 2500) AS n`);
  assertEquals(await pool.migrate(sources), Object.keys(files).sort());
  const filled = "SELECT FROM profiles WHERE display_name LIKE 'Person %' AND version = 1";
  assertEquals((await pool.writer().query(filled)).rowCount, 2500);
  assertNotEquals(schemaText(await dumpSchema(pool.writer())), before);
  await pool.revertMigrations(sources, Object.keys(files).length);
  assertEquals((await pool.writer().query("SELECT FROM profiles WHERE name LIKE 'Person %'")).rowCount, 2500);
  // The re-added column is now the last one; everything else is unchanged.
  const lines = (dump: string): readonly string[] =>
    dump.split("\n").map((line) => line.replace(/,$/, "")).sort();
  const after = lines(schemaText(await dumpSchema(pool.writer())));
  assertEquals(
    after.filter((line) => !/^ {2}name /.test(line)),
    lines(before).filter((line) => !/^ {2}name /.test(line)),
  );
});
