import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { ConnectionPool } from "../db.ts";
import { openPool } from "../postgres/open_pool.ts";
import { copyDatabase, type CopyDatabaseOptions, type CopyPass } from "./copy_database.ts";
import { CopyError } from "./copy_error.ts";
import { contents, type CopyHarness, copyHarness } from "./testing/copy_harness.ts";

const SOURCE_ID = "01a202a0-6c16-72c8-b097-99393b7d15ce";

/** Objects of migrations that plain INSERT statements would not copy correctly. */
const HARD = `-- migrate:up
CREATE EXTENSION citext;
CREATE TYPE mood AS ENUM ('glad', 'so-so');
CREATE DOMAIN small AS int CHECK (VALUE < 1000);
CREATE TABLE employees (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  boss bigint REFERENCES employees (id),
  "full Name" citext NOT NULL,
  loud text GENERATED ALWAYS AS (upper("full Name"::text)) STORED
);
CREATE TABLE a_first (id int PRIMARY KEY, employee bigint NOT NULL REFERENCES employees (id) DEFERRABLE);
ALTER TABLE employees ADD COLUMN favourite int REFERENCES a_first (id) DEFERRABLE INITIALLY DEFERRED;
CREATE TABLE audit (at timestamptz NOT NULL DEFAULT now(), what text);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO audit (what) VALUES (TG_OP); RETURN NEW; END $$;
CREATE TRIGGER noted AFTER INSERT ON employees FOR EACH ROW EXECUTE FUNCTION note();
CREATE TRIGGER silent AFTER INSERT ON employees FOR EACH ROW EXECUTE FUNCTION note();
ALTER TABLE employees DISABLE TRIGGER silent;
CREATE TABLE kinds (
  a text, b timestamptz, f float8, i interval, m mood, s small, raw bytea, t text[], j jsonb, n numeric, c char(5),
  y "char", r int4range, bits bit(3), ok boolean, money money, PRIMARY KEY (b, a)
);
CREATE TABLE lookup (id int PRIMARY KEY, word text);
INSERT INTO lookup VALUES (1, 'one'), (2, 'two');
CREATE TABLE legacy (id int PRIMARY KEY, a int);
INSERT INTO legacy VALUES (1, -1), (2, NULL);
ALTER TABLE legacy ADD CONSTRAINT plus CHECK (a > 0) NOT VALID;
ALTER TABLE legacy ADD CONSTRAINT filled NOT NULL a NOT VALID;
ALTER TABLE legacy ADD CONSTRAINT towards FOREIGN KEY (a) REFERENCES lookup NOT VALID;
CREATE TABLE events (at date NOT NULL, id int NOT NULL, PRIMARY KEY (at, id)) PARTITION BY RANGE (at);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE events_rest PARTITION OF events DEFAULT;
CREATE SEQUENCE tickets INCREMENT BY 5;
CREATE TABLE secrets (id int PRIMARY KEY, owner text);
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
ALTER TABLE secrets FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON secrets USING (owner = current_user);
CREATE MATERIALIZED VIEW words AS SELECT count(*) AS many FROM lookup;
-- migrate:down
`;

const ROWS = [
  `INSERT INTO employees ("full Name", boss) SELECT 'Name ' || n, nullif(n / 2, 0) FROM generate_series(1, 6000) AS n
    ORDER BY n`,
  "INSERT INTO a_first SELECT n, n * 7 FROM generate_series(1, 50) AS n",
  "UPDATE employees SET favourite = 3, boss = 6000 WHERE id = 5",
  "DELETE FROM employees WHERE id = 4999",
  `INSERT INTO kinds VALUES
    ('', '2026-01-01T00:00:00.000001Z', 0.1::float8 + 0.2, '-1 mon +3 days 04:05:06.7', 'so-so', 999, '\\x00ff', 
      '{NULL,"NULL","a,b","\\"",""}', '{"a": [1, null]}', 'NaN', 'ab', '!', '[1,5)', B'101', true, '$1,234.50'),
    ('Ω"\\,{}', '0044-03-15 00:00:00 BC', '-Infinity', NULL, NULL, NULL, NULL, '{}', NULL, 1e40, NULL, NULL, 'empty',
      NULL, NULL, NULL),
    ('Ω', 'infinity', 'NaN', NULL, NULL, NULL, '', NULL, 'null', 0.10, '', '', NULL, NULL, false, NULL)`,
  "UPDATE lookup SET word = 'uno' WHERE id = 1",
  "INSERT INTO lookup VALUES (3, repeat('x', 3000000)), (4, repeat('y', 3000000)), (5, '')",
  "INSERT INTO events SELECT date '2025-12-01' + n, n FROM generate_series(1, 100) AS n",
  "SELECT nextval('tickets') FROM generate_series(1, 3)",
  "INSERT INTO secrets VALUES (1, 'first'), (2, 'second')",
];

const TABLES = [
  "employees",
  "a_first",
  "audit",
  "kinds",
  "lookup",
  "legacy",
  "events",
  "secrets",
  "schema_migrations",
];

async function hardHarness(): Promise<CopyHarness> {
  const harness = await copyHarness({ "1_hard.sql": HARD });
  for (const sql of ROWS) await harness.source.writer().query(sql);
  return harness;
}

function copy(
  { source, target, folder }: CopyHarness,
  options: Partial<CopyDatabaseOptions> = {},
): ReturnType<
  typeof copyDatabase
> {
  return copyDatabase({ source, target }, { sourceId: SOURCE_ID, migrations: folder.sources, ...options });
}

/** Returns the rows of a table without the restrictions of row-level security. */
async function seen(pool: ConnectionPool, table: string): Promise<readonly string[]> {
  if (table === "secrets") await pool.writer().query("ALTER TABLE secrets NO FORCE ROW LEVEL SECURITY");
  return await contents(pool, table);
}

async function value(pool: ConnectionPool, sql: string): Promise<unknown> {
  return (await pool.writer().query<{ value: unknown }>(`SELECT ${sql} AS value`)).rows[0]?.value;
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
  const { source, target } = harness;
  const { tables, rows, found, finishedAt } = await copy(harness);
  assertEquals([tables, found, finishedAt], [11, 0, null]);
  assert(rows > 12_000);
  for (
    const sql of [
      "(SELECT last_value FROM tickets)",
      "(SELECT last_value FROM employees_id_seq)",
      `(SELECT string_agg(concat_ws(' ', conname, conenforced, convalidated, pg_get_constraintdef(oid)), ',' ORDER BY conname)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND (contype IN ('f', 'c') OR NOT convalidated))`,
      "(SELECT string_agg(tgname || ' ' || tgenabled::text, ',' ORDER BY tgname) FROM pg_trigger WHERE NOT tgisinternal)",
      "(SELECT relforcerowsecurity FROM pg_class WHERE relname = 'secrets')",
    ]
  ) {
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
