import { join } from "node:path";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { MIGRATION_SOURCES } from "@archway/tools/support/migration_sources.ts";
import { startPostgres } from "./support/postgres/start_postgres.ts";
import { dumpSchema } from "./schema/dump_schema.ts";

/** Where the schema is kept. */
export const SCHEMA_FILE = join(import.meta.dirname ?? ".", "../db/schema.sql");

/** `deno task schema`: applies every migration to a PostgreSQL of its own and writes db/schema.sql. */
async function writeSchema(): Promise<void> {
  await using server = await startPostgres();
  await using pool = openPool({ primary: server.instance, replicas: [] });
  await pool.migrate(MIGRATION_SOURCES);
  await Deno.writeTextFile(SCHEMA_FILE, await dumpSchema(pool.writer()));
}

if (import.meta.main) await writeSchema();
