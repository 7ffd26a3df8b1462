import type { ConnectionPool, MigrationSource } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { useEmbeddedDatabase } from "./embedded/use_embedded_database.ts";
import {
  type TestDatabase,
  type TestDatabaseOptions,
  useTestDatabase,
} from "./postgres/use_test_database.ts";
import { GENEROUS_TIMEOUTS } from "./generous_timeouts.ts";

/** Migrated database for one test. */
export interface MigratedDatabase extends AsyncDisposable {
  readonly pool: ConnectionPool;
}

/** Databases by name; every call creates a new one. */
export type Databases = Readonly<Record<string, () => Promise<MigratedDatabase>>>;

/**
 * Returns the databases that every contract suite runs on. They are the embedded one and a real PostgreSQL.
 *
 * @param migrations Migrations applied to them.
 */
export function databasesWith(migrations: readonly MigrationSource[]): Databases {
  const opens =
    (use: (options: TestDatabaseOptions) => Promise<TestDatabase>) => async (): Promise<MigratedDatabase> => {
      await using stack = new AsyncDisposableStack();
      const { instance } = stack.use(await use({ migrations }));
      const pool = stack.use(openPool({ primary: instance, replicas: [], ...GENEROUS_TIMEOUTS }));
      const opened = stack.move();
      return { pool, [Symbol.asyncDispose]: () => opened.disposeAsync() };
    };
  return { embedded: opens(useEmbeddedDatabase), PostgreSQL: opens(useTestDatabase) };
}
