import type { ConnectionPool } from "../../db.ts";
import { contents, type CopyHarness, copyHarness } from "./copy_harness.ts";

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

/** Names of the tables. */
export const TABLES: readonly string[] = [
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

/** Queries of what a copy has to preserve besides rows. */
export const RULES: readonly string[] = [
  "(SELECT last_value FROM tickets)",
  "(SELECT last_value FROM employees_id_seq)",
  `(SELECT string_agg(concat_ws(' ', conname, conenforced, convalidated, pg_get_constraintdef(oid)), ',' ORDER BY conname)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND (contype IN ('f', 'c') OR NOT convalidated))`,
  "(SELECT string_agg(tgname || ' ' || tgenabled::text, ',' ORDER BY tgname) FROM pg_trigger WHERE NOT tgisinternal)",
  "(SELECT relforcerowsecurity FROM pg_class WHERE relname = 'secrets')",
];

/** Creates a harness with these tables and rows in its source. */
export async function hardHarness(): Promise<CopyHarness> {
  const harness = await copyHarness({ "1_hard.sql": HARD });
  for (const sql of ROWS) await harness.source.writer().query(sql);
  return harness;
}

/** Returns the rows of a table without the restrictions of row-level security. */
export async function seen(pool: ConnectionPool, table: string): Promise<readonly string[]> {
  if (table === "secrets") await pool.writer().query("ALTER TABLE secrets NO FORCE ROW LEVEL SECURITY");
  return await contents(pool, table);
}

/** Returns the value of an expression. */
export async function value(pool: ConnectionPool, sql: string): Promise<unknown> {
  return (await pool.writer().query<{ value: unknown }>(`SELECT ${sql} AS value`)).rows[0]?.value;
}
