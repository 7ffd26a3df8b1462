import { assertEquals } from "@std/assert";
import { foreignRelations } from "./sql_rule.ts";
import { treeOf } from "./testing/tree_of.ts";

const OWNERS = {
  "a_service/migrations/1_create.sql": `-- migrate:up
create table widgets (id uuid primary key);
create table if not exists "parts" (id uuid primary key);
create function count_widgets() returns bigint language sql as 'select count(*) from widgets';
-- migrate:down
drop table parts, widgets;
`,
  "platform/events/migrations/2_create.sql": "create table events (position bigint);",
};

/** Returns the lines and names of foreign relations in a file. */
function find(path: string, text: string): readonly string[] {
  return foreignRelations(treeOf({ ...OWNERS, [path]: text }))
    .map((violation) => violation.replace(`${path}:`, "").replace(/ in SQL, which .*/, ""));
}

function inService(sql: string): readonly string[] {
  return find("b_service/persistence/x.ts", `const X = \`${sql}\`;`);
}

Deno.test("foreignRelations() reports position, owner and remedy", () => {
  const text = 'const A = 1;\n\nconst X = "select id from widgets";';
  assertEquals(foreignRelations(treeOf({ ...OWNERS, "b_service/x.ts": text })), [
    "b_service/x.ts:3: references widgets in SQL, which a_service/ owns (a_service/migrations/1_create.sql); " +
    "b_service/ must use a port of it, or read a published view",
  ]);
});

Deno.test("foreignRelations() finds tables in statements of every kind", () => {
  const statements = [
    "select id from widgets where id = $1",
    "select from gadgets as g join widgets on widgets.id = g.id",
    "select 1 from gadgets g, widgets w where g.id = w.id",
    "SELECT * FROM public.widgets",
    'select * from "widgets"',
    "left join widgets as w on w.id = x.id",
    "insert into widgets (id) values ($1)",
    "update widgets set id = $1",
    "update widgets as w set id = $1",
    "delete from widgets",
    "delete from gadgets using widgets where gadgets.id = widgets.id",
    "merge into widgets using gadgets on true when matched then delete",
    "truncate gadgets, widgets",
    "lock table widgets in exclusive mode",
    "alter table widgets disable trigger all",
    "drop table if exists gadgets, widgets cascade",
    "create unique index concurrently on widgets (id)",
    "create trigger t after insert on widgets for each row execute function f()",
    "create table gadgets (widget uuid references widgets (id))",
    "create view v as select * from widgets",
    "select 'widgets'::regclass",
    "copy widgets from stdin",
    "with mine as (select 1) select * from mine, widgets",
  ];
  for (const sql of statements) assertEquals([sql, inService(sql)], [sql, ["1: references widgets"]]);
});

Deno.test("foreignRelations() finds functions of other rooms", () => {
  assertEquals(inService("select count_widgets()"), ["1: references count_widgets"]);
  assertEquals(inService("create trigger t after insert on gadgets execute function count_widgets()"), [
    "1: references count_widgets",
  ]);
});

Deno.test("foreignRelations() inspects templates and sums, and reports the line in them", () => {
  assertEquals(inService("select ${COLUMNS}\n  from gadgets\n  join widgets using (id)"), [
    "3: references widgets",
  ]);
  assertEquals(
    find("b_service/x.ts", 'const X = "select id " +\n  COLUMNS +\n  " from widgets";'),
    ["3: references widgets"],
  );
  assertEquals(inService("select ${`(select 1 from widgets)`}"), ["1: references widgets"]);
});

Deno.test("foreignRelations() ignores sentences, comments, and names that the statement defines", () => {
  const texts = [
    "The widgets are taken from widgets of others",
    "deposits into widgets and out of parts",
    "operations on widgets",
    "/v1/widgets/{id}",
    "select 1 -- from widgets\n",
    "select 1 /* from widgets */",
    "with widgets as (select 1) select * from widgets",
    "select * from gadgets where widgets is distinct from widgets.id",
    "select * from widgets_of_mine",
    "select * from widgets.gadgets",
  ];
  for (const text of texts) assertEquals([text, inService(text)], [text, []]);
  assertEquals(find("b_service/x.ts", "// select * from widgets\n/** select * from widgets */"), []);
});

Deno.test("foreignRelations() exempts the owner, tests, and tools that use the platform's tables", () => {
  const query = 'const X = "select * from widgets";';
  assertEquals(find("a_service/persistence/x.ts", query), []);
  assertEquals(find("b_service/x_test.ts", query), []);
  assertEquals(find("tests/e2e/x.ts", query), []);
  assertEquals(find("tools/bench/x.ts", query), ["1: references widgets"]);
  assertEquals(find("tools/bench/x.ts", 'const X = "select * from events";'), []);
  assertEquals(find("b_service/x.ts", 'const X = "select * from events";'), ["1: references events"]);
});

Deno.test("foreignRelations() inspects migrations, including foreign keys", () => {
  const sql = "create table gadgets (\n  id uuid references widgets (id)\n);";
  assertEquals(find("b_service/migrations/3_create.sql", sql), ["2: references widgets"]);
  assertEquals(find("b_service/migrations/3_create.sql", "create table widgets (id uuid);"), [
    "1: references widgets",
  ]);
});

Deno.test("foreignRelations() allows an index of a service on a table of the platform only", () => {
  const of = (table: string): string => `create unique index concurrently ${table}_b on ${table} (id);`;
  assertEquals(find("b_service/migrations/3_index.sql", of("events")), []);
  assertEquals(find("b_service/migrations/3_index.sql", of("widgets")), ["1: references widgets"]);
  const trigger = "create trigger t after insert on events for each row execute function f();";
  assertEquals(find("b_service/migrations/3_index.sql", trigger), ["1: references events"]);
});

Deno.test("foreignRelations() only allows other rooms to read a published view", () => {
  const view = "-- published: which widgets there are, for services that refer to them\n" +
    "create view widget_names as select id from widgets;\ncreate view widget_secrets as select id from widgets;\n";
  const tree = (sql: string): readonly string[] =>
    foreignRelations(treeOf({
      ...OWNERS,
      "a_service/migrations/4_publish.sql": view,
      "b_service/x.ts": `const X = "${sql}";`,
    })).map((violation) => violation.replace(/ in SQL, which .*/, ""));
  assertEquals(tree("select id from widget_names"), []);
  assertEquals(tree("select id from gadgets join widget_names using (id)"), []);
  assertEquals(tree("delete from widget_names"), ["b_service/x.ts:1: references widget_names"]);
  assertEquals(tree("select id from widget_secrets"), ["b_service/x.ts:1: references widget_secrets"]);
});

Deno.test("foreignRelations() includes relations that db/ creates in statements", () => {
  const tree = treeOf({
    "db/postgres/migration/tables.ts":
      'const X = "CREATE TABLE IF NOT EXISTS schema_migrations (version varchar)";',
    "db/copy/x.ts": 'const X = "select * from schema_migrations";',
    "a_service/x.ts": 'const X = "select * from schema_migrations";',
  });
  assertEquals(foreignRelations(tree).map((violation) => violation.replace(/;.*/, "")), [
    "a_service/x.ts:1: references schema_migrations in SQL, which db/ owns (db/postgres/migration/tables.ts)",
  ]);
});
