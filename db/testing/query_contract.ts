import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { Querier } from "../db.ts";
import { DatabaseError, type DatabaseErrorCode } from "../errors.ts";
import { insertRows, type RowValue } from "../insert_rows.ts";
import { assertCode, type Contract, countOf } from "./contract.ts";

/** Statements, their values and their errors. */
export const QUERY_CONTRACT: Contract = {
  "query() returns every type as documented in db.ts": async (pool) => {
    const { rows, rowCount } = await pool.writer().query(`SELECT
      'a'::text AS text, '0190163D-8694-739B-AEA5-966C26F8AD91'::uuid AS uuid, 1::int2 AS int2, 2::int4 AS int4,
      1.5::float8 AS float8, 9007199254740993::int8 AS int8, 1.50::numeric AS numeric, true AS yes, false AS no,
      '2026-11-22 07:41:00.123456+00'::timestamptz AS precise, '2026-11-22 09:41:00+02'::timestamptz AS zoned,
      '{"a":[1,null]}'::jsonb AS jsonb, '"x"'::json AS json, '\\x00ff'::bytea AS bytea, NULL::int8 AS nothing,
      '{1,NULL}'::int8[] AS int8s, '{a,NULL,"b,\\"c"}'::text[] AS texts, '{{1,2},{3,4}}'::int4[] AS nested,
      '2026-11-22'::date AS date, '{}'::text[] AS empty`);
    assertEquals(rowCount, 1);
    assertEquals({ ...rows[0] }, {
      text: "a",
      uuid: "0190163d-8694-739b-aea5-966c26f8ad91",
      int2: 1,
      int4: 2,
      float8: 1.5,
      int8: 9007199254740993n,
      numeric: "1.50",
      yes: true,
      no: false,
      precise: "2026-11-22T07:41:00.123456Z",
      zoned: "2026-11-22T07:41:00Z",
      jsonb: { a: [1, null] },
      json: "x",
      bytea: Uint8Array.of(0, 255),
      nothing: null,
      int8s: [1n, null],
      texts: ["a", null, 'b,"c'],
      nested: [[1, 2], [3, 4]],
      date: "2026-11-22",
      empty: [],
    });
  },

  "query() stores every type of parameter": async (pool) => {
    const text = "'\"\\ 日本 😀 $1 --";
    const { rows } = await pool.writer().query(
      `SELECT $1::text AS text, $2::int4 AS int4, $3::int8 AS int8, $4::boolean AS yes, $5::bytea AS bytes,
        $6::timestamptz AS time, $7::text[] AS texts, $8::int8[] AS int8s, $9::text AS nothing, $10::jsonb AS json,
        $11::float8 AS float8, $12::boolean[] AS flags`,
      [
        text,
        -3,
        2n ** 62n,
        true,
        Uint8Array.of(0, 1, 255),
        "2026-11-22T07:41:00.123456Z",
        [text, null, "", "NULL"],
        [1n, null],
        null,
        '{"a":1}',
        0.1,
        [true, false],
      ],
    );
    assertEquals({ ...rows[0] }, {
      text,
      int4: -3,
      int8: 2n ** 62n,
      yes: true,
      bytes: Uint8Array.of(0, 1, 255),
      time: "2026-11-22T07:41:00.123456Z",
      texts: [text, null, "", "NULL"],
      int8s: [1n, null],
      nothing: null,
      json: { a: 1 },
      float8: 0.1,
      flags: [true, false],
    });
  },

  "query() counts the rows that changed": async (pool) => {
    const writer = pool.writer();
    await writer.query("CREATE TABLE counted (id int)");
    assertEquals((await writer.query("INSERT INTO counted SELECT generate_series(1, 3)")).rowCount, 3);
    assertEquals((await writer.query("UPDATE counted SET id = 9 WHERE id > $1", [1])).rowCount, 2);
    assertEquals((await writer.query("DELETE FROM counted WHERE id = 0")).rowCount, 0);
    assertEquals((await pool.reader().query("SELECT id FROM counted")).rowCount, 3);
  },

  "query() returns no rows of a statement that failed after the first of them": async (pool) => {
    const writer = pool.writer();
    for (let times = 0; times < 3; times++) {
      await assertCode(
        () => writer.query("SELECT 1 / (3 - n) AS id FROM generate_series(1, 5) AS n"),
        "invalid-value",
      );
      // On the same connection, the last that was used.
      const { rows, rowCount } = await writer.query("SELECT n AS id FROM generate_series(8, 9) AS n");
      assertEquals([rows.map((row) => ({ ...row })), rowCount], [[{ id: 8 }, { id: 9 }], 2]);
    }
  },

  "query() classifies errors": async (pool) => {
    const writer = pool.writer();
    for (
      const statement of [
        "CREATE TABLE parent (id int CONSTRAINT parent_key PRIMARY KEY, name varchar(3) CONSTRAINT short CHECK (name <> ''))",
        "CREATE TABLE child (id int CONSTRAINT child_parent REFERENCES parent, needed text NOT NULL)",
        "INSERT INTO parent VALUES (1, 'a')",
      ]
    ) await writer.query(statement);
    const errors: readonly (readonly [string, DatabaseErrorCode, string | undefined])[] = [
      ["INSERT INTO parent VALUES (1, 'b')", "unique-violation", "parent_key"],
      ["INSERT INTO child VALUES (7, 'x')", "foreign-key-violation", "child_parent"],
      ["INSERT INTO parent VALUES (2, '')", "check-violation", "short"],
      ["INSERT INTO child VALUES (1, NULL)", "check-violation", undefined],
      ["INSERT INTO parent VALUES (3, 'too long')", "invalid-value", undefined],
      ["SELECT 'secret'::int", "invalid-value", undefined],
      ["SELECT 99999999999::int4", "invalid-value", undefined],
      ["SELECT nonsense", "internal", undefined],
      ["SELECT 1; SELECT 2", "internal", undefined],
    ];
    for (const [statement, code, constraint] of errors) {
      const error = await assertRejects(() => writer.query(statement), DatabaseError);
      assertEquals([error.code, error.constraint], [code, constraint], statement);
      assert(!/secret|too long/.test(Deno.inspect(error)), Deno.inspect(error));
    }
    for (const unstorable of ["a\0b", "\ud800"]) {
      const error = await assertRejects(() => writer.query("SELECT $1::text", [unstorable]), DatabaseError);
      assertEquals(error.code, "invalid-value");
    }
    assertEquals((await writer.query("SELECT 1 AS still")).rowCount, 1);
  },

  "query() rejects with the statement and the stack of its caller": async (pool) => {
    const statement = "SELECT id FROM missing WHERE id = $1";
    const select = async (querier: Querier): Promise<void> =>
      void await querier.query(statement, ["planted"]);
    const selectInTx = async (): Promise<void> => await pool.withTx(async (tx) => await select(tx));
    for (const run of [() => select(pool.writer()), () => select(pool.reader()), selectInTx]) {
      const { logFields, stack, cause } = await assertCode(run, "internal");
      assertEquals([logFields.sqlState, logFields.statement, logFields.position], [
        "42P01",
        "SELECT missing",
        16,
      ]);
      assertEquals(logFields.near, "SELECT id FROM ▸missing WHERE id = $1");
      assertMatch(stack ?? "", /at async select \(file:\/\/.*\/query_contract\.ts:\d+:\d+\)/);
      if (run === selectInTx) {
        assertMatch(stack ?? "", /at async selectInTx \(file:\/\/.*\/query_contract\.ts:\d+:\d+\)/);
      }
      assertMatch(String(cause), /relation "missing" does not exist \(42P01\)/);
    }
  },

  "query() rejects immediately when its signal aborts": async (pool, { cancels }) => {
    const writer = pool.writer();
    await assertCode(() => writer.query("SELECT 1", [], { signal: AbortSignal.abort() }), "cancelled");
    const controller = new AbortController();
    const slow = cancels ? "SELECT pg_sleep(60)" : "SELECT count(*) FROM generate_series(1, 100000)";
    const pending = writer.query(slow, [], { signal: controller.signal });
    await writer.query("SELECT 1").then(() => controller.abort());
    if (cancels) await assertCode(() => pending, "cancelled");
    // With one session, the other statement follows the slow one, which cannot be cancelled.
    else assertEquals((await pending).rowCount, 1);
    assertEquals((await writer.query("SELECT 1")).rowCount, 1);
  },

  "insertRows() stores any text, or no row at all": async (pool) => {
    await pool.writer().query(
      "CREATE TABLE inserted (id int8 PRIMARY KEY, text text, number float8, is_true boolean)",
    );
    const target = {
      table: "inserted",
      columns: { id: "int8", text: "text", number: "float8", is_true: "boolean" },
    };
    const texts = ["", "\\N", "\\.", "a\tb\nc\rd\\e", "\\t", '{"a",NULL}', "'\" 日本 😀", null];
    const rows = texts.map((text, index) => [BigInt(index), text, index / 2, index % 2 === 0] as const);
    assertEquals(await pool.withTx((tx) => insertRows(tx, target, rows)), rows.length);
    const stored = await pool.writer().query("SELECT * FROM inserted ORDER BY id");
    assertEquals(
      stored.rows.map((row) => ({ ...row })),
      rows.map(([id, text, number, isTrue]) => ({ id, text, number, is_true: isTrue })),
    );
    const insert = (...more: readonly (readonly RowValue[])[]) => (): Promise<number> =>
      pool.withTx((tx) => insertRows(tx, target, more));
    await assertCode(insert([10n, "new", 1, true], [0n, "known", 1, true]), "unique-violation");
    await assertCode(insert([11n, "new", 1, true], [12n, "\ud800", 1, true]), "invalid-value");
    await assertCode(insert([11n, "new", 1, true], [12n, "\0", 1, true]), "invalid-value");
    const failing = function* (): Generator<readonly RowValue[]> {
      for (let id = 20; id < 5_000; id++) yield [id, "x".repeat(100), id, false];
      throw new RangeError("no more rows");
    };
    await assertRejects(() => pool.withTx((tx) => insertRows(tx, target, failing())), RangeError);
    assertEquals(await insert()(), 0);
    assertEquals(await countOf(pool.writer(), "inserted"), BigInt(rows.length));
  },
};
