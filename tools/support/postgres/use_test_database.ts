import type { MigrationSource } from "@archway/db/db.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { cloneTemplate } from "./clone_template.ts";
import { execute, testServer } from "./test_server.ts";

/** Database for one test. */
export interface TestDatabase extends AsyncDisposable {
  readonly instance: InstanceConfig;
}

/** Options of a test database. */
export interface TestDatabaseOptions {
  /**
   * Migrations applied to it, by copying a migrated template.
   *
   * @default []
   */
  readonly migrations?: readonly MigrationSource[];
}

/** Creates a database of a real PostgreSQL on {@link testServer}. Disposing drops it. */
export async function useTestDatabase(
  { migrations = [] }: TestDatabaseOptions = {},
): Promise<TestDatabase> {
  const server = await testServer();
  const database = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  if (migrations.length === 0) await execute(server, `CREATE DATABASE ${database} STRATEGY file_copy`);
  else await cloneTemplate(server, { database, migrations });
  return {
    instance: { ...server, database },
    async [Symbol.asyncDispose](): Promise<void> {
      await execute(server, `DROP DATABASE ${database} WITH (FORCE)`);
    },
  };
}
