import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Querier } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { useTestDatabase } from "../support/postgres/use_test_database.ts";
import { dumpSchema, schemaText } from "./dump_schema.ts";

/** Objects of every kind. */
const STATEMENTS = [
  "create type mood as enum ('ok', 'not ok')",
  "create domain short as text constraint short_length check (length(value) < 9)",
  "create sequence counter start with 5",
  "create function twice(n int) returns int language sql immutable return n * 2",
  `create table parent (id bigint generated always as identity primary key, name text collate "C" not null,
    feeling mood default 'ok', big text generated always as (upper(name)) stored, unique (name))`,
  "create table child (parent_id bigint constraint child_parent references parent, word short, n int)",
  "create index child_n on child (n) where n > 0",
  "create view names as select name from parent",
  `create function touch() returns trigger language plpgsql as 'begin return new; end'`,
  "create trigger child_touch before update on child for each row execute function touch()",
];

Deno.test("dumpSchema() returns statements that recreate the schema", async () => {
  const dumps: string[] = [];
  await using database = await useTestDatabase();
  await using again = await useTestDatabase();
  for (const { instance } of [database, again]) {
    await using pool = openPool({ primary: instance, replicas: [] });
    if (dumps[0] === undefined) { for (const statement of STATEMENTS) await pool.writer().query(statement); }
    else await load(pool.writer(), dumps[0]);
    dumps.push(schemaText(await dumpSchema(pool.writer())));
  }
  assertEquals(dumps[1], dumps[0]);
  for (const part of ['collate "C" not null', "create type mood", "child_touch", "where", "FOREIGN KEY"]) {
    assertStringIncludes((dumps[0] ?? "").toLowerCase(), part.toLowerCase());
  }
});

async function load(querier: Querier, dump: string): Promise<void> {
  for (const statement of dump.split(/;\n\n?(?=create |alter |$)/i)) {
    if (statement.trim() !== "") await querier.query(statement);
  }
}
