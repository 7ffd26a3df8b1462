import { assertEquals } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { dumpSchema } from "@archway/tools/schema/dump_schema.ts";
import { schemaFiles } from "@archway/tools/schema/schema_files.ts";
import { MIGRATION_SOURCES } from "@archway/tools/support/migration_sources.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";

Deno.test("each schema.sql matches its migrations: run deno task schema after changing them", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [] });
  await pool.migrate(MIGRATION_SOURCES);
  const files = await schemaFiles(await dumpSchema(pool.writer()), MIGRATION_SOURCES);
  assertEquals(files.size, MIGRATION_SOURCES.length);
  for (const [file, text] of files) assertEquals(text, await Deno.readTextFile(file), file);
});
