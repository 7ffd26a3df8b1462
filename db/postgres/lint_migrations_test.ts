import { assertEquals, assertMatch } from "@std/assert";
import type { Migration } from "./migration/migration_file.ts";
import { parseMigration } from "./migration/parse_migration.ts";
import { lintMigrations } from "./lint_migrations.ts";

/** Files whose up parts are the given texts. */
function filesOf(...texts: readonly string[]): readonly Migration[] {
  return texts.map((text, index) => {
    const fileName = `${index + 1}_a.sql`;
    return {
      ...parseMigration(text, fileName),
      version: String(index + 1),
      fileName,
      source: "a_service",
      sha256: "",
    };
  });
}

async function rulesOf(...texts: readonly string[]): Promise<readonly string[]> {
  return (await lintMigrations(filesOf(...texts))).map(({ rule }) => rule);
}

const UP = "-- migrate:up\n";
const ALONE = "-- migrate:up transaction:false\n";

Deno.test("lintMigrations() reports what blocks or breaks the running version", async () => {
  const cases: readonly (readonly [sql: string, ...rules: string[]])[] = [
    ["alter table t add a uuid default gen_random_uuid()", "volatile-default"],
    ["alter table t add a float default 1 + random()", "volatile-default"],
    ["alter table t add a int default own_function(1)", "volatile-default"],
    ["alter table t add a bigserial, add b int", "stored-column"],
    ["alter table t add a int generated always as identity", "stored-column"],
    ["alter table t add a int generated always as (1) stored", "stored-column"],
    ["alter table t add a int not null", "required-column"],
    ["alter table t add a int primary key", "unique-constraint"],
    ["alter table t add a int references u", "validated-constraint"],
    ["alter table t alter a type bigint, alter b type text", "column-type", "column-type"],
    ["alter table t alter a set not null", "set-not-null"],
    ["alter table t add not null a", "set-not-null"],
    ["alter table t drop a", "drop-column"],
    ["alter table t alter a drop default", "drop-default"],
    ["drop table t, u", "drop-object", "drop-object"],
    ["drop function f(int)", "drop-object"],
    ["truncate t", "drop-object"],
    ["alter table t rename a to b", "rename"],
    ["alter table t rename to u", "rename"],
    ["alter table t set schema s", "rename"],
    ["alter type e rename value 'a' to 'b'", "rename"],
    ["alter schema s rename to t", "rename"],
    ["alter table t add constraint c check (a > 0)", "validated-constraint"],
    ["alter table t add constraint c foreign key (a) references u", "validated-constraint"],
    ["alter domain d add constraint c check (value > 0)", "validated-constraint"],
    ["alter domain d set not null", "validated-constraint"],
    [
      "alter table t add constraint c check (a > 0) not valid; alter table t validate constraint c",
      "validate-at-once",
    ],
    ["alter table t add constraint c unique (a)", "unique-constraint"],
    ["alter table t add constraint c exclude using gist (a with &&)", "exclusion-constraint"],
    ["create index on t (a)", "index"],
    ["create unique index concurrently i on t (a)", "concurrently-in-transaction"],
    ["drop index i", "index"],
    ["reindex table t", "index"],
    ["alter table t set unlogged", "rewrite"],
    ["cluster t using i", "rewrite"],
    ["alter table t detach partition u", "lock"],
    ["lock table t in exclusive mode", "lock"],
    ["refresh materialized view m", "lock"],
    ["update t set a = 1", "all-rows"],
    ["delete from t", "all-rows"],
    ["alter table t add a int; update t set a = 1 where b = 2", "rows-under-lock"],
    ["alter table t add a int; insert into t select 1", "rows-under-lock"],
  ];
  for (const [sql, ...rules] of cases) assertEquals([sql, ...await rulesOf(UP + sql)], [sql, ...rules]);
  assertEquals(await rulesOf(`${ALONE}vacuum full t`), ["rewrite"]);
  assertEquals(await rulesOf(`${ALONE}create index concurrently i on t (a); drop index concurrently j`), [
    "concurrently-in-transaction",
    "concurrently-in-transaction",
  ]);
});

Deno.test("lintMigrations() accepts what takes no time, and changes of tables that the file creates", async () => {
  const accepted = [
    "alter table t add a timestamptz not null default now() - interval '1 day', add b int default 1::int4, add c text",
    "alter table t add a int generated always as (1) virtual",
    "alter table t add a jsonb not null default '{}', add b text default current_user",
    "alter table t add constraint c check (a > 0) not valid, add constraint d not null b not valid",
    "alter table t add constraint c check (a > 0) not enforced",
    "alter table t add constraint c unique using index i",
    "alter table t validate constraint c",
    "alter table t drop constraint c, alter a drop not null, alter a set default random()",
    "alter index i rename to j; alter table t rename constraint c to d; drop trigger g on t",
    "create index on only t (a)",
    "create table s.n (a int); create index on s.n (a); alter table s.n alter a set not null; update s.n set a = 1",
    "create table public.n as select 1 as a; drop table n; create temp table x (a int); truncate x, pg_temp.x",
    "update t set a = 1 where b = 2; insert into t values (1)",
    "alter type e add value 'c'; lock table t in share update exclusive mode",
    "do $$ begin execute 'drop table t'; end $$",
  ];
  for (const sql of accepted) assertEquals([sql, ...await rulesOf(UP + sql)], [sql]);
  for (
    const sql of [
      "create index concurrently i on t (a)",
      "reindex (concurrently) table t",
      "vacuum (full off) t",
    ]
  ) {
    assertEquals([sql, ...await rulesOf(ALONE + sql)], [sql]);
  }
});

Deno.test("lintMigrations() knows that a valid constraint of an earlier file requires a column", async () => {
  for (const constraint of ["check (a is not null)", "not null a"]) {
    const add = `${UP}alter table t add constraint c ${constraint} not valid`;
    const validate = `${UP}alter table t validate constraint c`;
    const require = `${UP}alter table public.t alter a set not null; alter table t drop constraint c`;
    assertEquals(await rulesOf(add, validate, require), []);
    assertEquals(await rulesOf(add, require), ["set-not-null"]);
    assertEquals(await rulesOf(add, validate, `${UP}alter table t alter b set not null`), ["set-not-null"]);
  }
});

Deno.test("lintMigrations() names the line, the object, the problem and what to write instead", async () => {
  const [finding, ...others] = await lintMigrations(filesOf(
    `-- Näme\n\n${UP}\n\nselect 'é;';\n/* a */\n-- b\nalter table t\n  drop column a;\n\n-- migrate:down\nselect 1`,
  ));
  assertEquals(others, []);
  assertEquals(finding, {
    fileName: "1_a.sql",
    source: "a_service",
    line: 9,
    rule: "drop-column",
    message:
      "t.a: the running version may use it; deploy a version that does not, then drop it, and allow that by " +
      '"-- lint:allow drop-column: <reason>" before it',
  });
});

Deno.test("lintMigrations() accepts what a comment allows with a reason, and reports useless comments", async () => {
  const drop = "alter table t drop a, alter b type int";
  const allow = "-- lint:allow drop-column: unused since 1.4\n";
  assertEquals(await rulesOf(`${UP}${allow}${drop}`), ["column-type"]);
  assertEquals(await rulesOf(`${UP}${allow}/* b */ -- lint:allow column-type: it is empty\n${drop}`), [
    "column-type",
  ]);
  assertEquals(await rulesOf(`${UP}${allow}-- lint:allow column-type: it is empty\n${drop}`), []);
  assertEquals(await rulesOf(`${UP}select 1; ${drop.replace("a,", "a, --\n")} ${allow}`), [
    "drop-column",
    "column-type",
  ]);
  const messages = (await lintMigrations(filesOf(
    `${UP}-- lint:allow drop-column\nalter table t drop a;\n-- lint:allow everything: yes\n-- lint:allow index: no\nselect 1`,
  ))).map(({ line, message }) => `${line} ${message}`);
  assertMatch(
    messages.join("\n"),
    /^3 t\.a: .*\n3 drop-column is allowed without a reason: .*\n6 no rule is named "everything": .*\n6 nothing is reported by index: .*$/,
  );
});

Deno.test("lintMigrations() reports statements that PostgreSQL cannot parse, and goes on with other files", async () => {
  const findings = await lintMigrations(filesOf(`${UP}select 'é';\nalter tabel t`, `${UP}drop table t`));
  assertEquals(findings.map(({ fileName, line, rule }) => [fileName, line, rule]), [
    ["1_a.sql", 3, "syntax"],
    [
      "2_a.sql",
      2,
      "drop-object",
    ],
  ]);
  assertMatch(
    findings[0]?.message ?? "",
    /^syntax error at or near "tabel": PostgreSQL cannot parse it; correct it$/,
  );
});
