import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { dirname } from "node:path";
import type { ConnectionPool, MigrationSource } from "@archway/db/db.ts";
import { databasesWith } from "./databases_with.ts";
import { preparedCluster } from "./embedded/prepared_cluster.ts";
import { migrationFolder } from "./migration_folder.ts";
import { templateName } from "./postgres/clone_template.ts";
import { execute, testServer } from "./postgres/test_server.ts";

const MADE = "-- migrate:up\nCREATE TABLE made AS SELECT gen_random_uuid()::text AS id;\n";

/** Removes the template of copies, by the name of the database. */
const removals: Readonly<Record<string, (migrations: readonly MigrationSource[]) => Promise<void>>> = {
  embedded: async (migrations) =>
    Deno.remove(dirname(await preparedCluster(migrations)), { recursive: true }),
  PostgreSQL: async (migrations) => execute(await testServer(), `DROP DATABASE ${templateName(migrations)}`),
};

for (const name of Object.keys(databasesWith([]))) {
  Deno.test(`databasesWith() returns copies of a migrated template (${name})`, async () => {
    await using folder = await migrationFolder({ "1_made.sql": MADE });
    // A template that no earlier run has created.
    await folder.write("2_unique.sql", `-- migrate:up\nSELECT '${crypto.randomUUID()}';\n`);
    const open = databasesWith(folder.sources)[name];
    const remove = removals[name];
    assert(open !== undefined && remove !== undefined);
    await using stack = new AsyncDisposableStack();
    stack.defer(() => remove(folder.sources));
    const opened = await Promise.all([1, 2, 3].map(async () => stack.use(await open()).pool));
    const [first, second, third] = await Promise.all(opened.map(idsOf));
    assertEquals([second, third], [first, first]);
    assertEquals(first?.length, 1);

    await opened[0]?.writer().query("DELETE FROM made");
    assertEquals(await opened[1]?.pendingMigrations(folder.sources), []);
    assertEquals(await idsOf(stack.use(await open()).pool), first);

    await remove(folder.sources);
    await folder.write("1_made.sql", `${MADE}-- changed\n`);
    assertNotEquals(await idsOf(stack.use(await open()).pool), first);
  });
}

async function idsOf(pool: ConnectionPool): Promise<readonly string[]> {
  return (await pool.writer().query<{ id: string }>("SELECT id FROM made")).rows.map(({ id }) => id);
}
