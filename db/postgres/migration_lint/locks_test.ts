import { assertEquals } from "@std/assert";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { openPool } from "../open_pool.ts";
import { parseMigration } from "../migration/parse_migration.ts";
import { lintMigrations } from "../lint_migrations.ts";

const TABLES = `
  create table owners (id int primary key);
  create table notes (id int not null, body varchar(50) not null, owner int, kept int, spare text);
  insert into owners select generate_series(1, 100);
  insert into notes select n, 'note ' || n, 1 + n % 100, n from generate_series(1, 1000) n;
  create unique index notes_id on notes (id);
  alter table notes add constraint kept_present check (kept is not null);
  alter table notes add constraint spare_short check (char_length(spare) < 10) not valid`;

/** Effect of the statements so far on the table: what the transaction has read, rewritten and locked. */
const EFFECT = `select pg_relation_filenode('notes')::text as file,
    (select seq_tup_read::int4 from pg_stat_xact_user_tables where relname = 'notes') as read,
    exists (select from pg_locks where pid = pg_backend_pid() and relation = 'notes'::regclass
      and mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')) as blocks`;

interface Effect {
  readonly file: string;
  readonly read: number;
  readonly blocks: boolean;
}

/** Statements that read or rewrite all rows of the table while they block writers, by PostgreSQL's own measure. */
const BLOCKING = [
  "alter table notes add a uuid default gen_random_uuid()",
  "alter table notes add a bigserial",
  "alter table notes add a int generated always as identity",
  "alter table notes add a int generated always as (id + 1) stored",
  "alter table notes alter id type bigint",
  "alter table notes alter body set not null, alter owner set not null",
  "alter table notes add constraint c check (owner > 0)",
  "alter table notes add constraint c foreign key (owner) references owners",
  "alter table notes add constraint c unique (id)",
  "alter table notes add constraint c exclude (id with =)",
  "alter table notes set unlogged",
  "create index on notes (owner)",
  "reindex table notes",
  "cluster notes using notes_id",
];

/** Statements that the lint recommends instead. */
const QUICK = [
  "alter table notes add a uuid, alter spare set default gen_random_uuid()",
  "alter table notes add a timestamptz not null default now(), add b int default 1::int4, add c text",
  "alter table notes add a int generated always as (id + 1) virtual",
  "alter table notes add constraint c check (owner > 0) not valid, add constraint d not null owner not valid",
  "alter table notes add constraint c foreign key (owner) references owners not valid",
  "alter table notes add constraint c check (owner < 0) not enforced",
  "alter table notes add constraint c unique using index notes_id",
  "alter table notes validate constraint spare_short",
  "alter table notes drop constraint kept_present, alter body drop not null",
  "create table more (id int); create index on more (id); alter table more alter id set not null",
];

Deno.test("lintMigrations() reports what PostgreSQL is seen to do under a lock, and accepts what it does not", async () => {
  await using database = await useTestDatabase();
  await using pool = await openPool({ primary: { ...database.instance, maxConnections: 1 }, replicas: [] });
  for (const sql of TABLES.split(";")) await pool.writer().query(sql);
  for (const [all, isBlocking] of [[BLOCKING, true], [QUICK, false]] as const) {
    for (const sql of all) {
      const parsed = parseMigration(`-- migrate:up\n${sql}`, "1_a.sql");
      const file = { ...parsed, version: "1", fileName: "1_a.sql", source: "a_service", sha256: "" };
      const findings = await lintMigrations([file]);
      assertEquals([sql, findings.length > 0, await blocks(sql)], [sql, isBlocking, isBlocking]);
    }
  }

  /** Runs statements in a transaction that is rolled back. */
  async function blocks(sql: string): Promise<boolean> {
    const undo = new Error("undo");
    let result = false;
    await pool.withTx(async (tx) => {
      const { rows: [before] } = await tx.query<Effect>(EFFECT);
      for (const statement of sql.split("; ")) await tx.query(statement);
      const { rows: [after] } = await tx.query<Effect>(EFFECT);
      if (before === undefined || after === undefined) throw new Error("no effect was read");
      result = after.blocks && (after.file !== before.file || after.read > before.read);
      throw undo;
    }).catch((error: unknown) => {
      if (error !== undo) throw error;
    });
    return result;
  }
});
