import { assertEquals, assertNotEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { FIXTURE_MIGRATIONS } from "@archway/tools/support/fixture_migrations.ts";
import { dbmate, type DbmateOptions } from "@archway/tools/support/postgres/dbmate.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { migrationFolder } from "@archway/tools/support/migration_folder.ts";
import { MigrationError } from "../../errors.ts";
import { openPool } from "../open_pool.ts";

const FILES = {
  "20260101000000_table.sql":
    "-- migrate:up\ncreate table t (id int);\ninsert into t values (1);\n\n-- migrate:down\ndrop table t;\n",
  "20260102000000_index.sql":
    "-- migrate:up transaction:false\ncreate index concurrently t_id on t (id);\n\n" +
    "-- migrate:down transaction:false\ndrop index concurrently t_id;\n",
};
const NAMES = Object.keys(FILES);

async function run(args: readonly string[], options: DbmateOptions): Promise<string> {
  const { code, stdout, stderr } = await dbmate(args, options);
  assertEquals([code, stderr], [0, ""]);
  return stdout;
}

Deno.test("migrate() and dbmate share one record of applied migrations", async () => {
  await using server = await startPostgres({ tcp: true });
  await using pool = openPool({ primary: server.instance, replicas: [] });
  await using folder = await migrationFolder(FILES);
  const { sources } = folder;
  const options = { instance: server.tcpInstance, directory: folder.path };

  // dbmate applies, archway sees it.
  await run(["migrate"], options);
  assertEquals(await pool.pendingMigrations(sources), []);
  assertEquals(await pool.migrate(sources), []);
  // archway reverts what dbmate applied.
  assertEquals(await pool.revertMigrations(sources, 2), [...NAMES].reverse());
  assertStringIncludes(await run(["status"], options), "Pending: 2");

  // archway applies, dbmate sees it.
  assertEquals(await pool.migrate(sources), NAMES);
  assertStringIncludes(await run(["status"], options), "Pending: 0");
  assertEquals(await run(["migrate"], options), "");
  // dbmate reverts what archway applied.
  assertStringIncludes(await run(["down"], options), "20260102000000_index.sql");
  assertEquals(await pool.pendingMigrations(sources), ["20260102000000_index.sql"]);
  await run(["down"], options);
  // Reverted files may change; archway has no checksum of them.
  await folder.write("20260101000000_table.sql", FILES["20260101000000_table.sql"].replace("(1)", "(2)"));
  assertEquals(await pool.migrate(sources), NAMES);
});

Deno.test("dbmate and migrate() reject a file that begins with a byte order mark", async () => {
  await using server = await startPostgres({ tcp: true });
  await using pool = openPool({ primary: server.instance, replicas: [] });
  for (const before of ["\ufeff", "\ufeff-- why\n"]) {
    const text = `${before}-- migrate:up\nselect 1;\n\n-- migrate:down\nselect 1;\n`;
    await using folder = await migrationFolder({ "20260101000000_marked.sql": text });
    const { code } = await dbmate(["migrate"], { instance: server.tcpInstance, directory: folder.path });
    assertNotEquals(code, 0);
    await assertRejects(() => pool.migrate(folder.sources), MigrationError, "begins with a byte order mark");
    // Removing the mark does not change the checksum.
    await folder.write("20260101000000_marked.sql", text.slice(1));
    await pool.migrate(folder.sources);
    await pool.revertMigrations(folder.sources, 1);
  }
});

Deno.test("migrate() and dbmate create the same table of versions", async () => {
  await using server = await startPostgres({ tcp: true });
  const columns: unknown[] = [];
  for (const name of ["by_dbmate", "by_archway"]) {
    await using folder = await migrationFolder(FILES);
    const instance = await server.createDatabase(name);
    await using pool = openPool({ primary: instance, replicas: [] });
    if (name === "by_archway") await pool.migrate(folder.sources);
    else await run(["migrate"], { instance: { ...instance, host: "127.0.0.1" }, directory: folder.path });
    const { rows } = await pool.writer().query(
      `SELECT attname AS name, format_type(atttypid, atttypmod) AS type, attnotnull AS required, conname AS key
        FROM pg_attribute LEFT JOIN pg_constraint ON conrelid = attrelid AND contype = 'p'
        WHERE attrelid = 'schema_migrations'::regclass AND attnum > 0`,
    );
    columns.push(rows);
  }
  assertEquals(columns[0], columns[1]);
});

Deno.test("dbmate applies and reverts the migrations of the service", async () => {
  await using server = await startPostgres({ tcp: true });
  await using pool = openPool({ primary: server.instance, replicas: [] });
  const instance = server.tcpInstance;
  for (const { directory } of FIXTURE_MIGRATIONS) await run(["migrate"], { instance, directory });
  assertEquals(await pool.pendingMigrations(FIXTURE_MIGRATIONS), []);
  await run(["down"], { instance, directory: FIXTURE_MIGRATIONS.at(-1)?.directory ?? "" });
  assertEquals((await pool.migrate(FIXTURE_MIGRATIONS)).length, 1);
});
