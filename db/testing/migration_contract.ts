import { assertEquals, assertMatch } from "@std/assert";
import { migrationFolder } from "@archway/tools/support/migration_folder.ts";
import { assertCode, type Contract, countOf } from "./contract.ts";

/** Migrations, and the state of the servers. */
export const MIGRATION_CONTRACT: Contract = {
  "health() reports the primary": async (pool) => {
    assertEquals(await pool.health(), [{ name: "primary", role: "primary", healthy: true }]);
  },

  "migrate() applies pending migrations once": async (pool) => {
    await using folder = await migrationFolder({
      "2_second.sql":
        "-- migrate:up\nINSERT INTO first VALUES (1);\nINSERT INTO first VALUES (2);\n-- migrate:down\nDELETE FROM first;\n",
      "1_first.sql": "-- migrate:up\nCREATE TABLE first (id int);\n",
      "notes.txt": "not a migration",
    });
    const { sources } = folder;
    assertEquals(await pool.pendingMigrations(sources), ["1_first.sql", "2_second.sql"]);
    const racing = await Promise.all([1, 2, 3].map(() => pool.migrate(sources)));
    assertEquals(racing.flat().sort(), ["1_first.sql", "2_second.sql"]);
    assertEquals(await pool.pendingMigrations(sources), []);
    assertEquals(await countOf(pool.writer(), "first"), 2n);
    assertEquals((await pool.writer().query("SELECT version FROM schema_migrations ORDER BY 1")).rows, [
      { version: "1" },
      { version: "2" },
    ]);

    await folder.write("3_bad.sql", "-- migrate:up\nCREATE TABLE half (id int); SELECT nonsense;");
    const error = await assertCode(() => pool.migrate(sources), "internal");
    assertMatch(error.message, /3_bad\.sql of test/);
    assertEquals(await pool.pendingMigrations(sources), ["3_bad.sql"]);
    assertEquals((await pool.writer().query("SELECT 1 FROM pg_class WHERE relname = 'half'")).rowCount, 0);
  },

  "revertMigrations() reverts the last migration": async (pool) => {
    await using folder = await migrationFolder({
      "71_undone.sql":
        "-- migrate:up\nCREATE TABLE undoable (id int);\n-- migrate:down\nDROP TABLE undoable;\n",
    });
    const { sources } = folder;
    assertEquals((await pool.planMigrations(sources)).map(({ sql }) => sql), [
      "CREATE TABLE undoable (id int);",
    ]);
    await pool.migrate(sources);
    assertEquals(
      await pool.migrationStatus(sources).then((all) => all.find(({ version }) => version === "71")),
      {
        version: "71",
        fileName: "71_undone.sql",
        state: "applied",
      },
    );
    assertEquals(await pool.revertMigrations(sources, 1), ["71_undone.sql"]);
    assertEquals(await pool.pendingMigrations(sources), ["71_undone.sql"]);
    assertEquals(
      (await pool.writer().query("SELECT 1 FROM pg_class WHERE relname = 'undoable'")).rowCount,
      0,
    );
  },
};
