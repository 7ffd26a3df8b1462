import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { useEmbeddedDatabase } from "@archway/tools/support/embedded/use_embedded_database.ts";
import { locateProgram } from "@archway/tools/support/locate_program.ts";
import { migrationFolder } from "@archway/tools/support/migration_folder.ts";
import { testWith } from "@archway/tools/support/test_with.ts";
import { CopyError } from "./copy_error.ts";
import { type CopyHarness, copyHarness } from "./testing/copy_harness.ts";
import { hardHarness, RULES, seen, TABLES, value } from "./testing/hard_tables.ts";
import type { ConnectionPool } from "../db.ts";
import { openPool } from "../postgres/open_pool.ts";
import { dumpDatabase } from "./dump_database.ts";
import { DumpError } from "./dump_error.ts";
import { restoreDatabase } from "./restore_database.ts";

async function dump(pool: ConnectionPool): Promise<string> {
  let text = "";
  await dumpDatabase(pool, {
    write: (part) => {
      text += part;
      return Promise.resolve();
    },
    now: () => new Date("2026-11-29T16:00:00Z"),
  });
  return text;
}

async function restore(pool: ConnectionPool, text: string, { folder }: CopyHarness): Promise<number> {
  const lines = ReadableStream.from(text.split("\n").slice(0, -1));
  return (await restoreDatabase(pool, lines, { migrations: folder.sources })).rows;
}

async function refuseDifferences(actual: ConnectionPool, expected: ConnectionPool): Promise<void> {
  for (const sql of RULES) assertEquals(await value(actual, sql), await value(expected, sql), sql);
  for (const table of TABLES) assertEquals(await seen(actual, table), await seen(expected, table), table);
  assertEquals(await value(actual, "(SELECT many FROM words)"), 5n);
  await expected.writer().query("ALTER TABLE secrets FORCE ROW LEVEL SECURITY");
}

Deno.test("restoreDatabase() restores what dumpDatabase() has written, on a server and in a new data directory", async () => {
  await using harness = await hardHarness();
  const text = await dump(harness.source);
  // Every statement is a line.
  for (const line of text.split("\n")) assertMatch(line, /^(--.*|[A-Z].*;|)$/);
  const rows = Number(/\n-- End of dump: (\d+) rows\n$/.exec(text)?.[1]);
  assert(rows > 12_000);
  await using embedded = await useEmbeddedDatabase();
  await using other = openPool({ primary: embedded.instance, replicas: [] });
  for (const pool of [harness.target, other]) {
    assertEquals(await restore(pool, text, harness), rows);
    await refuseDifferences(pool, harness.source);
    assertEquals(await pool.pendingMigrations(harness.folder.sources), []);
  }
});

Deno.test("restoreDatabase() leaves newer migrations pending, and names those that the program lacks", async () => {
  await using harness = await copyHarness({
    "1_old.sql": "-- migrate:up\nCREATE TABLE old (id int PRIMARY KEY);\n",
  });
  const { source, target, folder } = harness;
  await source.writer().query("INSERT INTO old VALUES (1)");
  const text = await dump(source);
  await folder.write("2_new.sql", "-- migrate:up\nALTER TABLE old ADD COLUMN name text NOT NULL;\n");
  await restore(target, text, harness);
  assertEquals(await target.pendingMigrations(folder.sources), ["2_new.sql"]);
  await assertRejects(
    () => restore(target, text, harness),
    CopyError,
    "public.old has rows: specify an empty",
  );
  await using empty = await useEmbeddedDatabase();
  await using pool = openPool({ primary: empty.instance, replicas: [] });
  await using others = await migrationFolder({ "9_other.sql": "-- migrate:up\nSELECT 1;\n" });
  await assertRejects(
    () => restore(pool, text, { ...harness, folder: others }),
    DumpError,
    "The dump has the migration 1, which is unknown to this program",
  );
});

Deno.test("restoreDatabase() rejects what is not a complete dump, and stores nothing", async () => {
  await using harness = await copyHarness({
    "1_old.sql": "-- migrate:up\nCREATE TABLE old (id int PRIMARY KEY);\n",
  });
  const { source, target } = harness;
  await source.writer().query("INSERT INTO old VALUES (1), (2)");
  const text = await dump(source);
  const broken: readonly (readonly [text: string, reason: string])[] = [
    ["", "The input is not a dump"],
    ["-- PostgreSQL database dump\n", "The input is not a dump"],
    [text.replace("format 1", "format 2"), "The dump has the format 2, but this program reads 1"],
    [text.slice(0, text.indexOf("-- End")), "The dump is incomplete"],
    [text.replace("VALUES ('1'), ('2');", "VALUES ('1');"), "rows, but"],
    [
      text.replace("BEGIN;\n", "BEGIN;\nSELECT pg_notify('a', 'b');\n"),
      "Line 6 is not a statement of a dump",
    ],
    [text.replace(/[0-9a-f]{64}\nBEGIN/, `${"0".repeat(64)}\nBEGIN`), "The migration 1 has changed"],
  ];
  for (const [part, reason] of broken) {
    await assertRejects(() => restore(target, part, harness), DumpError, reason);
    if (reason !== "The migration 1 has changed") continue;
    assertEquals(await value(target, "(SELECT count(*) FROM old)"), 0n);
  }
  assertEquals(await restore(target, text, harness) > 2, true);
});

const psql = await locateProgram("psql");

testWith({ reason: "psql is not installed", program: psql })(
  "dumpDatabase() writes a script that psql runs for the owner of the tables",
  async () => {
    await using harness = await hardHarness();
    const { source, target, folder, targetInstance: { host, port, user, password, database } } = harness;
    await target.migrate(folder.sources);
    const child = new Deno.Command(psql ?? "psql", {
      args: ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", host, "-p", String(port), "-U", user, "-d", database],
      env: { PGPASSWORD: password },
      stdin: "piped",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    await ReadableStream.from([new TextEncoder().encode(await dump(source))]).pipeTo(child.stdin);
    const { code, stderr } = await child.output();
    assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
    await refuseDifferences(target, source);
  },
);
