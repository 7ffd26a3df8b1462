import type { MigrationSource } from "@archway/db/db.ts";
import { migrationSources } from "@archway/program/project.ts";
import { databasesWith, type MigratedDatabase } from "@archway/tools/support/databases_with.ts";
import { jobsModule } from "../module.ts";

/** Folders of migrations of a program with the jobs module only. */
export const JOB_MIGRATIONS: readonly MigrationSource[] = migrationSources([jobsModule]);

const DATABASES = databasesWith(JOB_MIGRATIONS);

/** Names of the databases that suites run on. */
export const DATABASE_NAMES: readonly string[] = Object.keys(DATABASES);

/** Opens a database with the tables of jobs only. @param name @default "PostgreSQL" */
export async function openJobDatabase(name = "PostgreSQL"): Promise<MigratedDatabase> {
  const open = DATABASES[name];
  if (open === undefined) throw new Error(`Unknown database ${name}`);
  return await open();
}
