import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type DatabaseObserver, UNOBSERVED } from "../database_observer.ts";
import { openPool } from "../postgres/open_pool.ts";
import { DEFAULT_DRIVER } from "../postgres/pool_config.ts";
import { copyDatabase, type CopyDatabaseOptions, type CopyPass } from "./copy_database.ts";
import { CopyError } from "./copy_error.ts";
import { contents, type CopyHarness, copyHarness } from "./testing/copy_harness.ts";
import { hardHarness, RULES, seen, TABLES, value } from "./testing/hard_tables.ts";

const SOURCE_ID = "01a202a0-6c16-72c8-b097-99393b7d15ce";

function copy(
  { source, target, folder }: CopyHarness,
  options: Partial<CopyDatabaseOptions> = {},
): ReturnType<
  typeof copyDatabase
> {
  return copyDatabase({ source, target }, { sourceId: SOURCE_ID, migrations: folder.sources, ...options });
}

/** Aborts a copy during a pass, like Ctrl-C. */
function stopAt(pass: CopyPass, from: number): Pick<CopyDatabaseOptions, "signal" | "onProgress"> {
  const stopping = new AbortController();
  return {
    signal: stopping.signal,
    onProgress: (at, rows) => {
      if (at === pass && rows >= from) stopping.abort(new Error("Stopped"));
    },
  };
}

Deno.test("copyDatabase() copies everything for a role that owns the target and nothing else", async () => {
  await using harness = await hardHarness();
  const { source, targetInstance } = harness;
  const texts: string[] = [];
  const observer: DatabaseObserver = {
    statement: (text) => {
      texts.push(text);
      return undefined;
    },
    transaction: (_, run) => run(UNOBSERVED),
  };
  await using target = openPool({ primary: targetInstance, replicas: [], observer });
  const { tables, rows, found, finishedAt } = await copy({ ...harness, target });
  const byCopy = (targetInstance.driver ?? DEFAULT_DRIVER) === "wire";
  assertEquals(texts.some((text) => /^COPY public.employees .* FROM STDIN$/.test(text)), byCopy);
  assertEquals([tables, found, finishedAt], [11, 0, null]);
  assert(rows > 12_000);
  for (const sql of RULES) {
    assertEquals(await value(target, sql), await value(source, sql), sql);
  }
  for (const table of TABLES) assertEquals(await seen(target, table), await seen(source, table), table);
  assertEquals(await value(target, "(SELECT many FROM words)"), 5n);
  const error = await assertRejects(() => target.writer().query("INSERT INTO a_first VALUES (99, 4999)"));
  assertEquals(Reflect.get(Object(error), "code"), "foreign-key-violation");
  await target.writer().query(`INSERT INTO employees ("full Name") VALUES ('New')`);
  assertEquals(await value(target, "(SELECT max(id) FROM employees)"), 6001n);
  assertEquals(await target.pendingMigrations(harness.folder.sources), []);
});

Deno.test("copyDatabase() resumes after an abort in any pass without copying rows twice", async () => {
  await using harness = await hardHarness();
  for (const [pass, rows] of [["read", 5000], ["copied", 5200], ["checked", 1]] as const) {
    await assertRejects(() => copy(harness, stopAt(pass, rows)), Error, "Stopped");
    // A service must not take an incomplete copy for a complete one.
    const pending = await harness.target.pendingMigrations(harness.folder.sources);
    assertEquals(pending, pass === "checked" ? [] : ["1_hard.sql"], pass);
  }
  const before = await value(harness.target, "(SELECT sum(copied)::int FROM archway_copy_tables)");
  const { rows, found } = await copy(harness);
  assertEquals([found, before], [rows, rows]);
  for (const table of TABLES) {
    assertEquals(await seen(harness.target, table), await seen(harness.source, table));
  }
  const again = await copy(harness);
  assert(again.finishedAt !== null);
  assertEquals(await value(harness.target, "to_regclass('archway_copy_tables') IS NULL"), true);
});

Deno.test("copyDatabase() copies a table again if the source has changed", async () => {
  await using harness = await hardHarness();
  await assertRejects(() => copy(harness, stopAt("checked", 0)), Error, "Stopped");
  await harness.source.writer().query("UPDATE lookup SET word = 'other' WHERE id = 2");
  const changed: string[] = [];
  await copy(harness, { onChanged: (tables) => changed.push(...tables) });
  assertEquals(changed, ["public.lookup"]);
  assertEquals(await contents(harness.target, "lookup"), await contents(harness.source, "lookup"));
});

Deno.test("copyDatabase() detects writes of another client to the target", async () => {
  await using harness = await hardHarness();
  await assertRejects(() => copy(harness, stopAt("checked", 0)), Error, "Stopped");
  await harness.target.writer().query("UPDATE lookup SET word = 'other' WHERE id = 2");
  const error = await assertRejects(() => copy(harness), CopyError);
  assertStringIncludes(
    error.message,
    "public.lookup differs, with 5 rows on both sides but different checksums",
  );
  await harness.target.writer().query("DELETE FROM lookup WHERE id = 2");
  await assertRejects(() => copy(harness), CopyError, "5 rows in the embedded database but 4 in the target");
});

Deno.test("copyDatabase() rejects a target with rows or with the copy of another source", async () => {
  await using harness = await copyHarness({
    "1_a.sql": "-- migrate:up\nCREATE TABLE a (id int);\n-- migrate:down\n",
  });
  const { target } = harness;
  await target.writer().query("CREATE TABLE theirs AS SELECT 1 AS id");
  const error = await assertRejects(() => copy(harness), CopyError);
  assertEquals(error.message, "The target is not empty, public.theirs has rows: specify an empty database");
  assertEquals(await value(target, "to_regclass('archway_copy') IS NULL AND to_regclass('a') IS NULL"), true);
  await target.writer().query("DELETE FROM theirs");
  await copy(harness);
  const other = { sourceId: "01a202a0-6c16-72c8-b097-99393b7d15cf" };
  await assertRejects(() => copy(harness, other), CopyError, "a copy of another embedded database");
});

Deno.test("copyDatabase() accepts a target whose tables exist already", async () => {
  await using harness = await hardHarness();
  await harness.target.migrate(harness.folder.sources);
  // Rows inserted by a migration are not ignored.
  await assertRejects(() => copy(harness), CopyError, "public.legacy has rows");
  for (const table of ["legacy", "lookup"]) await harness.target.writer().query(`DELETE FROM ${table}`);
  await copy(harness);
  assertEquals(await contents(harness.target, "lookup"), await contents(harness.source, "lookup"));
});

Deno.test("copyDatabase() says which search_path it expects of the target's user", async () => {
  await using harness = await copyHarness({ "1_plain.sql": "-- migrate:up\nCREATE TABLE plain (id int);\n" });
  const { source, target, targetInstance: { user } } = harness;
  await target.writer().query("CREATE SCHEMA app");
  const migrations = harness.folder.sources;
  const copy = async (options: string): Promise<void> => {
    await using pool = openPool({ primary: { ...harness.targetInstance, options }, replicas: [] });
    await copyDatabase({ source, target: pool }, { sourceId: SOURCE_ID, migrations });
  };
  const { message } = await assertRejects(() => copy("-c search_path=app,public"), CopyError);
  assertEquals(
    message,
    `The user ${user} creates tables in the schema app of the target, but those of the embedded database are in public: ` +
      "set the search_path of this user to public for the copy, by ALTER ROLE or by " +
      "?options=-csearch_path%3Dpublic in the URL",
  );
  await copy("-csearch_path=public");
});

Deno.test("copyDatabase() rejects tables that are not created by migrations", async () => {
  await using harness = await copyHarness({
    "1_a.sql": "-- migrate:up\nCREATE TABLE a (id int);\n-- migrate:down\n",
  });
  await harness.source.writer().query("ALTER TABLE a ADD COLUMN more text");
  await harness.source.writer().query("CREATE TABLE b (id int PRIMARY KEY)");
  const error = await assertRejects(() => copy(harness), CopyError);
  assertStringIncludes(
    error.message,
    "column public.a.more text, table public.b, column public.b.id integer",
  );
  await harness.folder.write("2_c.sql", "-- migrate:up\nCREATE TABLE c (id int);\n-- migrate:down\n");
  await assertRejects(() => copy(harness), CopyError, "lacks the migration 2_c.sql");
});

Deno.test("copyDatabase() does not copy transaction ids that readers would wait for", async () => {
  const made = `-- migrate:up
CREATE TABLE written (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, by xid8 DEFAULT pg_current_xact_id(), old xid);
-- migrate:down
`;
  await using harness = await copyHarness({ "1_made.sql": made });
  const { source, target } = harness;
  await source.writer().query("INSERT INTO written (old) VALUES (NULL), ('7')");
  await source.writer().query("INSERT INTO written (by) VALUES (NULL), ('9999999999')");
  await copy(harness);
  const ended = "SELECT id FROM written WHERE by < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY id";
  assertEquals((await target.writer().query(ended)).rows, [{ id: 1 }, { id: 2 }, { id: 4 }]);
  assertEquals(await contents(target, "written"), ["(1,0,)", "(2,0,0)", "(3,,)", "(4,0,)"]);
  // Later rows continue the sequence and have transaction ids of the target.
  await target.writer().query("INSERT INTO written DEFAULT VALUES");
  const { rows: [last] } = await target.writer().query<{ id: number; own: boolean }>(
    "SELECT id, by > '0'::xid8 AS own FROM written ORDER BY id DESC LIMIT 1",
  );
  assertEquals(last, { id: 5, own: true });
});
