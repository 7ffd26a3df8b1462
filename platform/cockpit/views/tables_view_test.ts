import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import type {
  DeveloperView,
  ViewCell,
  ViewLink,
  ViewPage,
  ViewPlace,
  ViewTable,
} from "@archway/service_kit/developer_view.ts";
import { DATABASES } from "@archway/tools/support/databases.ts";
import { cockpitState } from "../testing/cockpit_state.ts";
import { tablesView } from "./tables_view.ts";

const SCHEMA = [
  `create schema "odd ""one"""`,
  `create table shelves (room text, number int8, primary key (room, number))`,
  `create table "odd ""one"""."the books" (
    id uuid primary key default gen_random_uuid(), "the ""title""" text, cover bytea, tags jsonb,
    room text, shelf int8, amount numeric(20, 2), added timestamptz not null default now(),
    foreign key (room, shelf) references shelves (room, number)
  )`,
  `create table notes (text text)`,
  `insert into shelves values ('b', 1), ('a', 2), ('a', 9007199254740993), ('a', 10)`,
  `insert into "odd ""one"""."the books" (id, "the ""title""", cover, tags, room, shelf, amount)
    values ('00000000-0000-7000-8000-000000000001', repeat('x', 200), '\\x00ff', '{"a": 1}', 'a', 9007199254740993, 1.50)`,
  `insert into notes select 'note ' || n from generate_series(1, 120) as n`,
  `create function write_note() returns int language sql as 'insert into notes values (''forged'') returning 1'`,
  `create view forged as select write_note() as written`,
];

async function withTables(pool: ConnectionPool): Promise<DeveloperView> {
  for (const text of SCHEMA) await pool.writer().query(text);
  return tablesView(cockpitState({ pool }));
}

function tableOf(page: ViewPage | undefined, title: string): ViewTable {
  const found = page?.sections.find((section) => section.kind === "table" && section.title === title);
  if (found?.kind !== "table") throw new Error(`The page has no table ${title}`);
  return found;
}

function textOf(cell: ViewCell | undefined): string {
  return typeof cell === "object" && cell !== null && "text" in cell ? cell.text : String(cell);
}

function placeOf(link: ViewLink | undefined): ViewPlace {
  if (link === undefined || !("view" in link)) throw new Error("The link leads to no view");
  return { path: link.path ?? [], query: link.query ?? {} };
}

function linkIn(cell: ViewCell | undefined): ViewPlace {
  return placeOf(typeof cell === "object" && cell !== null && "link" in cell ? cell.link : undefined);
}

/** Returns the texts of the first column of all pages. */
async function walk(view: DeveloperView, start: ViewPlace): Promise<readonly string[]> {
  const texts: string[] = [];
  for (let place: ViewPlace | undefined = start; place !== undefined;) {
    const page: ViewPage | undefined = await view.show(place);
    texts.push(...tableOf(page, "Rows").rows.map(({ cells }) => cells.slice(1).map(textOf).join(" ")));
    const links = page?.sections.flatMap((section) => section.kind === "bar" ? section.links ?? [] : []) ??
      [];
    const next = links.find(({ text }) => text.startsWith("Next"));
    place = next && placeOf(next.link);
  }
  return texts;
}

/** Goes through tables and along their keys. */
async function assertShows(view: DeveloperView): Promise<void> {
  const tables = tableOf(await view.show({ path: [], query: {} }), "Tables and views").rows;
  const counts = new Map(tables.map(({ cells: [name, kind, rows] }) => [textOf(name), `${kind} ${rows}`]));
  assertEquals(counts.get("public.notes"), "table 120");
  assertEquals(counts.get("public.forged"), "view ");
  const books = tables.find(({ cells: [name] }) => textOf(name) === `odd "one".the books`);
  const page = await view.show(linkIn(books?.cells[0]));
  const { columns, rows: [row] } = tableOf(page, "Rows");
  assertEquals(columns[5], { name: "room", detail: "text" });
  assertEquals(row?.cells.slice(1, 8).map(textOf), [
    "00000000-0000-7000-8000-000000000001",
    `${"x".repeat(120)}…`,
    "\\x00ff",
    '{"a": 1}',
    ...["a", "9007199254740993", "1.50"],
  ]);
  const whole = await view.show(linkIn(row?.cells[0]));
  const [, facts] = whole?.sections ?? [];
  assertEquals(facts?.kind === "facts" && textOf(facts.facts[1]?.[1]), "x".repeat(200));
  // Along the foreign key, and back.
  const shelf = await view.show(linkIn(row?.cells[6]));
  assertEquals(shelf?.title, "Row of public.shelves");
  const back = shelf?.sections.flatMap((section) => section.kind === "bar" ? section.links ?? [] : []).at(
    -1,
  );
  const referrers = tableOf(await view.show(placeOf(back?.link)), "Rows");
  assertEquals(referrers.rows.map(({ cells }) => textOf(cells[1])), [
    "00000000-0000-7000-8000-000000000001",
  ]);
  assertEquals(await walk(view, { path: ["public", "shelves"], query: { order: "asc" } }), [
    ...["a 2", "a 10", "a 9007199254740993", "b 1"],
  ]);
  // Of a table without a key, by the place of the row; links of services have no schema.
  const notes = Array.from({ length: 120 }, (_, index) => `note ${index + 1}`);
  assertEquals(await walk(view, { path: ["notes"], query: { order: "asc" } }), notes);
  assertEquals(await walk(view, { path: ["notes"], query: {} }), notes.toReversed());
  assertEquals(await view.show({ path: ["public", "missing"], query: {} }), undefined);
}

/** Asks for a view that writes, and for names and values with SQL in them. */
async function assertOnlyReads(view: DeveloperView, pool: ConnectionPool): Promise<void> {
  const forged = view.show({ path: ["forged"], query: {} });
  await assertRejects(() => forged, DatabaseError);
  const injected = `x'); insert into notes values ('forged'); --`;
  const places: readonly ViewPlace[] = [
    { path: ["public", `notes"; drop table notes; --`], query: {} },
    { path: ["notes"], query: { "column.text": injected, order: injected } },
    { path: ["notes"], query: { [`column.text" = ''; drop table notes; --`]: "" } },
    { path: ["shelves"], query: { after: JSON.stringify(["a", "1"]), show: injected } },
  ];
  for (const place of places) await view.show(place);
  const invalid = view.show({ path: ["shelves"], query: { "column.number": injected } });
  assertStringIncludes((await assertRejects(() => invalid, DatabaseError)).code, "invalid-value");
  const { rows } = await pool.writer().query<{ text: string }>(
    "select text from notes where text like '%forged%'",
  );
  assertEquals(rows, []);
}

for (const [name, open] of Object.entries(DATABASES)) {
  Deno.test(`tablesView() shows tables and rows along their keys, and cannot write (${name})`, async () => {
    await using database = await open();
    const view = await withTables(database.pool);
    await assertShows(view);
    await assertOnlyReads(view, database.pool);
  });
}
