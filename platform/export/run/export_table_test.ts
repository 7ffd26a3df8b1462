import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import type { ConnectionPool, Querier, QueryParameter, QueryResult } from "@archway/db/db.ts";
import { CommandError } from "@archway/service_kit/command.ts";
import type { ExportColumn } from "@archway/service_kit/export_definition.ts";
import { tableExport } from "@archway/service_kit/table_export.ts";
import { contactModule } from "@archway/tools/support/contact_service/module.ts";
import { serviceDatabases } from "@archway/tools/support/service_databases.ts";
import { openLocalStorage } from "../storage/local_storage.ts";
import { filesIn, readDataSet, readManifest } from "../testing/read_data_set.ts";
import { exportDataSet } from "./export_data_set.ts";
import type { ExportOptions, ExportSummary } from "./export_options.ts";

const COLUMNS: Readonly<Record<string, ExportColumn>> = {
  id: { type: "uuid", description: "" },
  name: { type: "text", description: "" },
  version: { type: "int64", description: "" },
};

interface Harness {
  readonly pool: ConnectionPool;
  readonly folder: string;
  run(changes?: RunChanges): Promise<ExportSummary>;
}

type RunChanges = Partial<Pick<ExportOptions, "full" | "commitRows" | "connections">> & {
  readonly columns?: Readonly<Record<string, ExportColumn>>;
};

async function insert(db: Querier, day: string, ...names: readonly string[]): Promise<void> {
  await db.query(
    `insert into contacts (id, name, created_at, updated_at)
      select gen_random_uuid(), name, $1::timestamptz + number * interval '1 ms', now()
      from unnest($2::text[]) with ordinality as row (name, number)`,
    [`${day}T12:00:00Z`, names],
  );
}

/** Rows by day, as they are in the listed files. */
async function exported(folder: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const names = new Map<string, string[]>();
  const { files } = await readManifest(folder);
  const rows = [...await readDataSet(folder)];
  for (const { day, rows: count } of files) {
    const own = rows.splice(0, count).map(({ name }) => String(name));
    names.set(day, [...names.get(day) ?? [], ...own].toSorted());
  }
  assertEquals(await filesIn(folder), [...files.map(({ path }) => path), "manifest.json"].toSorted());
  return Object.fromEntries(names);
}

const CASES: Readonly<Record<string, (harness: Harness) => Promise<void>>> = {
  "only days with changes are exported again": async ({ pool, folder, run }) => {
    const db = pool.writer();
    await insert(db, "2026-11-28", "a", "b");
    await insert(db, "2026-11-29", "c");
    await insert(db, "2026-11-30", "d");
    assertEquals(await run(), { rows: 4, total: 4, files: 3 });
    const first = await readManifest(folder);
    assertEquals(await run(), { rows: 0, total: 4, files: 3 });
    const { completedAt = "" } = await readManifest(folder);
    assertEquals(await readManifest(folder), { ...first, completedAt });
    await db.query("update contacts set name = 'changed' where name = 'a'");
    await db.query("delete from contacts where name = 'c'");
    await insert(db, "2026-12-01", "e");
    assertEquals(await run(), { rows: 3, total: 4, files: 3 });
    assertEquals(await exported(folder), {
      "2026-11-28": ["b", "changed"],
      "2026-11-30": ["d"],
      "2026-12-01": ["e"],
    });
    const { files } = await readManifest(folder);
    assertEquals(files.filter(({ path }) => first.files.some((file) => file.path === path)).length, 1);
    await db.query("delete from contacts");
    assertEquals(await run(), { rows: 0, total: 0, files: 0 });
  },
  "pages and commits leave each row once": async ({ pool, folder, run }) => {
    const names = Array.from({ length: 25 }, (_, index) => `n${index}`);
    for (const day of ["2026-11-28", "2026-11-29", "2026-11-30"]) await insert(pool.writer(), day, ...names);
    // Rows of one time, of which the id decides.
    await pool.writer().query(
      "update contacts set created_at = '2026-11-30T12:00:00Z' where name like 'n1%'",
    );
    assertEquals((await run({ commitRows: 20 })).rows, 75);
    assertEquals((await readManifest(folder)).sequence > 1, true);
    assertEquals(
      Object.values(await exported(folder)).flat().toSorted(),
      [...names, ...names, ...names].toSorted(),
    );
  },
  "a row that commits or changes during an export is exported by the next one": async (
    { pool, folder, run },
  ) => {
    await insert(pool.writer(), "2026-11-30", ...Array.from({ length: 15 }, (_, index) => `n${index}`));
    let reads = 0;
    const connections: ExportOptions["connections"] = {
      writer: () => pool.writer(),
      position: () => pool.position(),
      reader: () => ({
        async query<Row extends object>(
          text: string,
          parameters?: readonly QueryParameter[],
        ): Promise<QueryResult<Row>> {
          const result = await pool.reader().query<Row>(text, parameters);
          // Behind the first page: a row that belongs into it, and one that was read.
          if (++reads === 2) {
            await insert(pool.writer(), "2026-11-30", "late");
            await pool.writer().query("update contacts set name = 'changed' where name = 'n0'");
          }
          return result;
        },
      }),
    };
    await run({ connections });
    const before = (await exported(folder))["2026-11-30"] ?? [];
    assertEquals([before.length, before.includes("late"), before.includes("n0")], [15, false, true]);
    assertEquals((await run()).rows, 16);
    const after = (await exported(folder))["2026-11-30"] ?? [];
    assertEquals([after.length, after.includes("late"), after.includes("changed")], [16, true, true]);
  },
  "a new column is filled in, and one of another type refused": async ({ pool, folder, run }) => {
    await insert(pool.writer(), "2026-11-30", "a");
    await run();
    const columns: typeof COLUMNS = { ...COLUMNS, age: { type: "int32", description: "" } };
    await pool.writer().query("update contacts set age = 7");
    await run({ columns });
    assertEquals((await readDataSet(folder)).map(({ age }) => age), [7]);
    const other: typeof COLUMNS = { ...COLUMNS, version: { type: "text", description: "" } };
    await assertRejects(() => run({ columns: other }), CommandError);
    assertEquals((await run({ full: true })).rows, 1);
    assertEquals(await exported(folder), { "2026-11-30": ["a"] });
  },
};

for (const [name, open] of Object.entries(serviceDatabases(contactModule))) {
  Deno.test(`exportTable() on ${name}`, async (t) => {
    await using database = await open();
    const { pool } = database;
    for (const [title, test] of Object.entries(CASES)) {
      await t.step(title, async () => {
        await pool.writer().query("delete from contacts");
        const folder = await Deno.makeTempDir({ prefix: "archway_export_" });
        const run = async ({ columns = COLUMNS, ...changes }: RunChanges = {}): Promise<ExportSummary> => {
          await using storage = await openLocalStorage(join(folder, "contacts"));
          const table = tableExport({ name: "contacts", description: "", table: "contacts", columns });
          return await exportDataSet(table, {
            connections: pool,
            storage,
            catalogs: [],
            batchRows: 10,
            ...changes,
          });
        };
        try {
          await test({ pool, folder: join(folder, "contacts"), run });
        } finally {
          await Deno.remove(folder, { recursive: true });
        }
      });
    }
  });
}
