import { openPool } from "@archway/db/postgres/open_pool.ts";
import { printsUsage } from "./run_task.ts";
import { dumpSchema } from "./schema/dump_schema.ts";
import { schemaFiles } from "./schema/schema_files.ts";
import { MIGRATION_SOURCES } from "./support/migration_sources.ts";
import { startPostgres } from "./support/postgres/start_postgres.ts";

/** `deno task schema`: applies all migrations and writes a schema.sql beside each folder. */
async function writeSchemas(): Promise<void> {
  await using server = await startPostgres();
  await using pool = openPool({ primary: server.instance, replicas: [] });
  await pool.migrate(MIGRATION_SOURCES);
  const files = await schemaFiles(await dumpSchema(pool.writer()), MIGRATION_SOURCES);
  for (const [file, text] of files) await Deno.writeTextFile(file, text);
}

if (
  import.meta.main &&
  !await printsUsage("deno task schema   # writes schema.sql beside each folder of migrations")
) await writeSchemas();
