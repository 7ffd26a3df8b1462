import { useEmbeddedDatabase } from "@archway/tools/support/embedded/use_embedded_database.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { type MigrationFolder, migrationFolder } from "@archway/tools/support/migration_folder.ts";
import type { ConnectionPool } from "../../db.ts";
import { openPool } from "../../postgres/open_pool.ts";
import type { InstanceConfig } from "../../postgres/pool_config.ts";

/** Embedded database, and an empty database on a server. The latter is owned by a role without further privileges. */
export interface CopyHarness extends AsyncDisposable {
  readonly source: ConnectionPool;
  readonly target: ConnectionPool;
  readonly targetInstance: InstanceConfig;
  readonly folder: MigrationFolder;
}

/** Needed if the server does not use trust authentication. */
const PASSWORD = "sesame";

/** Creates a harness whose source has the migrations applied. */
export async function copyHarness(files: Readonly<Record<string, string>>): Promise<CopyHarness> {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(await migrationFolder(files));
  const embedded = stack.use(await useEmbeddedDatabase());
  const source = stack.use(openPool({ primary: embedded.instance, replicas: [] }));
  await source.migrate(folder.sources);
  const database = await useTestDatabase();
  const role = `owner_${database.instance.database}`;
  const admin = openPool({ primary: database.instance, replicas: [] });
  await admin.writer().query(`CREATE ROLE ${role} LOGIN PASSWORD '${PASSWORD}'`);
  await admin.writer().query(`ALTER DATABASE ${database.instance.database} OWNER TO ${role}`);
  stack.defer(async () => {
    await admin.writer().query(`DROP OWNED BY ${role}`);
    await admin.writer().query(`ALTER DATABASE ${database.instance.database} OWNER TO CURRENT_USER`);
    await admin.writer().query(`DROP ROLE ${role}`);
    await admin[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });
  const targetInstance = { ...database.instance, user: role, password: PASSWORD };
  const target = stack.use(openPool({ primary: targetInstance, replicas: [] }));
  return { source, target, targetInstance, folder, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** Returns every row of a table as text, sorted. */
export async function contents(pool: ConnectionPool, table: string): Promise<readonly string[]> {
  const { rows } = await pool.writer().query<{ text: string }>(
    `SELECT row::text AS text FROM ${table} AS row ORDER BY row::text COLLATE "C"`,
  );
  return rows.map(({ text }) => text);
}
