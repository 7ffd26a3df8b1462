import type { ConnectionPool, MigrationSource } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { useEmbeddedDatabase } from "./embedded/use_embedded_database.ts";
import {
  type TestDatabase,
  type TestDatabaseOptions,
  useTestDatabase,
} from "./postgres/use_test_database.ts";
import { GENEROUS_TIMEOUTS } from "./generous_timeouts.ts";

/** A migrated database that exists for one test. */
export interface MigratedDatabase extends AsyncDisposable {
  readonly pool: ConnectionPool;
}

/** Databases by name, each of which opens another one at every call. */
export type Databases = Readonly<Record<string, () => Promise<MigratedDatabase>>>;

/**
 * The databases that every suite of a port runs over, by name: the embedded one and a real PostgreSQL.
 *
 * @param migrations What is applied in them.
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
