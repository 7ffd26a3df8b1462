import type { ConnectionPool } from "@archway/db/db.ts";
import { startEmbedded } from "@archway/db/embedded/start_embedded.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { MIGRATION_SOURCES } from "./migration_sources.ts";
import { useTestDatabase } from "./postgres/use_test_database.ts";

/** A migrated database that exists for one test. */
export interface MigratedDatabase extends AsyncDisposable {
  readonly pool: ConnectionPool;
}

/** Nobody is to be refused because the machine is slow. */
const PATIENCE = { acquireTimeoutMs: 60_000, queueTimeoutMs: 60_000 };

/** The databases that every suite of a port runs over, by name: the embedded one and a real PostgreSQL. */
export const DATABASES: Readonly<Record<string, () => Promise<MigratedDatabase>>> = {
  embedded: async () => {
    const stack = new AsyncDisposableStack();
    const folder = await Deno.makeTempDir({ prefix: "archway_test_" });
    stack.defer(() => Deno.remove(folder, { recursive: true }));
    const embedded = stack.use(await startEmbedded({ dataDirectory: `${folder}/postgres` }));
    const pool = stack.use(openPool({ primary: embedded.instance, replicas: [], ...PATIENCE }));
    return await migrated(pool, stack);
  },
  PostgreSQL: async () => {
    const stack = new AsyncDisposableStack();
    const database = stack.use(await useTestDatabase());
    const pool = stack.use(openPool({ primary: database.instance, replicas: [], ...PATIENCE }));
    return await migrated(pool, stack);
  },
};

async function migrated(pool: ConnectionPool, stack: AsyncDisposableStack): Promise<MigratedDatabase> {
  await pool.migrate(MIGRATION_SOURCES);
  return { pool, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
