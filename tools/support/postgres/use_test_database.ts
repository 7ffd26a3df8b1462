import type { MigrationSource } from "@archway/db/db.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { cloneTemplate } from "./clone_template.ts";
import { execute, testServer } from "./test_server.ts";

/** A database that exists for one test. */
export interface TestDatabase extends AsyncDisposable {
  readonly instance: InstanceConfig;
}

/** How a test database begins. */
export interface TestDatabaseOptions {
  /**
   * Migrations that are applied in it: it is a copy of a database in which they were applied once.
   *
   * @default []
   */
  readonly migrations?: readonly MigrationSource[];
}

/** A database of real PostgreSQL, on the server of {@link testServer}. Disposing drops the database. */
export async function useTestDatabase(
  { migrations = [] }: TestDatabaseOptions = {},
): Promise<TestDatabase> {
  const server = await testServer();
  const database = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  if (migrations.length === 0) await execute(server, `CREATE DATABASE ${database}`);
  else await cloneTemplate(server, { database, migrations });
  return {
    instance: { ...server, database },
    async [Symbol.asyncDispose](): Promise<void> {
      await execute(server, `DROP DATABASE ${database} WITH (FORCE)`);
    },
  };
}
