import { assert, assertEquals, assertMatch, assertRejects, assertStrictEquals } from "@std/assert";
import { useEmbeddedDatabase } from "@archway/tools/support/embedded/use_embedded_database.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { migrationFolder } from "@archway/tools/support/migration_folder.ts";
import type { ConnectionPool, Querier } from "./db.ts";
import { DatabaseError, type DatabaseErrorCode } from "./errors.ts";
import { insertRows, type RowValue } from "./insert_rows.ts";
import { openPool } from "./postgres/open_pool.ts";
import { DRIVERS, type InstanceConfig } from "./postgres/pool_config.ts";

interface Adapter {
  readonly name: string;
  /** Whether the server can cancel a statement. */
  readonly cancels: boolean;
  open(): Promise<AsyncDisposable & { readonly instance: InstanceConfig }>;
}

const adapters: readonly Adapter[] = [
  { name: "PostgreSQL", cancels: true, open: useTestDatabase },
  { name: "the embedded database", cancels: false, open: useEmbeddedDatabase },
];

type Check = (pool: ConnectionPool, adapter: Adapter) => Promise<void>;

const contract: Readonly<Record<string, Check>> = {
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
      assertMatch(stack ?? "", /at async select \(file:\/\/.*\/contract_test\.ts:\d+:\d+\)/);
      if (run === selectInTx) {
        assertMatch(stack ?? "", /at async selectInTx \(file:\/\/.*\/contract_test\.ts:\d+:\d+\)/);
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

  "withTx() commits and returns the value of its function": async (pool) => {
    await pool.writer().query("CREATE TABLE kept (id int)");
    const value = await pool.withTx(async (tx) => {
      await tx.query("INSERT INTO kept VALUES (1)");
      return [Promise.resolve("as it is"), 2] as const;
    });
    assertEquals([await value[0], value[1]], ["as it is", 2]);
    assertEquals(await countOf(pool.writer(), "kept"), 1n);
  },

  "withTx() rolls back and rethrows the error of its function": async (pool) => {
    await pool.writer().query("CREATE TABLE undone (id int)");
    const thrown = { not: "an Error" };
    const caught = await pool.withTx(async (tx) => {
      await tx.query("INSERT INTO undone VALUES (1)");
      throw thrown;
    }).catch((error: unknown) => error);
    assertStrictEquals(caught, thrown);
    assertEquals(await countOf(pool.writer(), "undone"), 0n);
  },

  "withTx() rejects when the error of a statement was swallowed": async (pool) => {
    await pool.writer().query("CREATE TABLE swallowed (id int)");
    await assertCode(() =>
      pool.withTx(async (tx) => {
        await tx.query("INSERT INTO swallowed VALUES (1)");
        await tx.query("SELECT nonsense").catch(() => undefined);
        return "looks like success";
      }), "internal");
    assertEquals(await countOf(pool.writer(), "swallowed"), 0n);
  },

  "withTx() rejects when COMMIT fails": async (pool) => {
    await pool.writer().query(
      "CREATE TABLE late (id int, CONSTRAINT late_key UNIQUE (id) DEFERRABLE INITIALLY DEFERRED)",
    );
    const error = await assertCode(() =>
      pool.withTx(async (tx) => {
        await tx.query("INSERT INTO late VALUES (1), (1)");
      }), "unique-violation");
    await assertCode(
      () => pool.withTx((tx) => tx.query("INSERT INTO late VALUES (2), (2)", [], { last: true })),
      "unique-violation",
    );
    assertEquals(error.constraint, "late_key");
    assertEquals([error.logFields.table, error.logFields.statement], ["late", "COMMIT"]);
    assertMatch(error.stack ?? "", /contract_test\.ts:\d+/);
    assertEquals(await countOf(pool.writer(), "late"), 0n);
  },

  "withTx() commits with its last statement": async (pool) => {
    await pool.writer().query("CREATE TABLE final (id int PRIMARY KEY)", [], { last: true });
    const { rows } = await pool.withTx(async (tx) => {
      await tx.query("INSERT INTO final VALUES (1)");
      return await tx.query("INSERT INTO final VALUES ($1) RETURNING id", [2], { last: true });
    });
    assertEquals(rows, [{ id: 2 }]);
    await pool.withTx((tx) => tx.query("INSERT INTO final VALUES (3)", [], { last: true }));
    await pool.withTx((tx) =>
      Promise.all([
        tx.query("INSERT INTO final VALUES (4)"),
        tx.query("INSERT INTO final VALUES (5)"),
        tx.query("INSERT INTO final VALUES (6)", [], { last: true }),
      ])
    );
    assertEquals(await countOf(pool.writer(), "final"), 6n);
    // A statement behind it is refused, but nothing is undone by that.
    const error = await assertCode(() =>
      pool.withTx(async (tx) => {
        const last = tx.query("INSERT INTO final VALUES (7)", [], { last: true });
        await tx.query("INSERT INTO final VALUES (8)").finally(() => last);
      }), "internal");
    assertMatch(error.message, /after its end/);
    assertEquals(await countOf(pool.writer(), "final"), 7n);
    await pool.withTx(async (tx) => {
      await tx.savepoint((inner) => inner.query("INSERT INTO final VALUES (9)", [], { last: true }));
      throw new Error("Changed its mind");
    }).catch(() => undefined);
    assertEquals(await countOf(pool.writer(), "final"), 7n);
  },

  "withTx() rolls back when a statement fails that COMMIT was sent with": async (pool) => {
    await pool.writer().query("CREATE TABLE refused (id int PRIMARY KEY)");
    await pool.writer().query("INSERT INTO refused VALUES (1)");
    const insert = (tx: Querier, id: number, last = false): Promise<unknown> =>
      tx.query("INSERT INTO refused VALUES ($1)", [id], { last });
    const works: readonly (readonly [(tx: Querier) => Promise<unknown>, DatabaseErrorCode])[] = [
      [(tx) => insert(tx, 1, true), "unique-violation"],
      [async (tx) => (await insert(tx, 2), await insert(tx, 1, true)), "unique-violation"],
      [async (tx) => {
        await insert(tx, 2);
        await insert(tx, 1, true).catch(() => undefined);
        return "looks like success";
      }, "unique-violation"],
      // The failed one is not the last, and nothing waits for it.
      [(tx) => {
        insert(tx, 1).catch(() => undefined);
        insert(tx, 2).catch(() => undefined);
        return insert(tx, 3, true).catch(() => "looks like success");
      }, "unique-violation"],
      // The last one cannot be sent.
      [async (tx) => {
        await insert(tx, 2);
        await tx.query("SELECT $1::text", ["\ud800"], { last: true });
      }, "invalid-value"],
    ];
    for (const [run, code] of works) await assertCode(() => pool.withTx(run), code);
    assertEquals(await countOf(pool.writer(), "refused"), 1n);
  },

  "withTx() runs nothing outside of a transaction when BEGIN fails": async (pool) => {
    await pool.writer().query("CREATE TABLE outside (id int)");
    const insert = (tx: Querier, last: boolean): Promise<unknown> =>
      tx.query("INSERT INTO outside VALUES (1)", [], { last });
    const works: readonly ((tx: Querier) => Promise<unknown>)[] = [
      (tx) => insert(tx, false),
      (tx) => insert(tx, true),
      (tx) => Promise.all([insert(tx, false), insert(tx, false), insert(tx, true)]),
      (tx) => Promise.allSettled([insert(tx, false), insert(tx, false), insert(tx, false)]),
    ];
    for (const run of works) {
      // More than the maximum of the setting.
      const error = await assertCode(() => pool.withTx(run, { lockTimeoutMs: 2 ** 40 }), "invalid-value");
      assertEquals(error.logFields.statement, "BEGIN");
      await assertCode(
        () => pool.withTx((tx) => tx.savepoint(run), { lockTimeoutMs: 2 ** 40 }),
        "invalid-value",
      );
    }
    assertEquals(await countOf(pool.writer(), "outside"), 0n);
  },

  "withTx() begins with the first statement that can be sent": async (pool) => {
    await pool.writer().query("CREATE TABLE begun (id int)");
    for (const unsendable of ["\ud800", "a\0b"]) {
      await assertCode(() =>
        pool.withTx(async (tx) => {
          const first = tx.query("SELECT $1::text", [unsendable]).catch(() => undefined);
          const second = tx.query("INSERT INTO begun VALUES (1)").catch(() => undefined);
          await Promise.all([first, second]);
        }), "invalid-value");
    }
    assertEquals(await pool.withTx(() => Promise.resolve("nothing to do")), "nothing to do");
    assertEquals(await countOf(pool.writer(), "begun"), 0n);
  },

  "withTx() passes a querier that is unusable after its end": async (pool) => {
    const tx = await pool.withTx((tx) => Promise.resolve(tx));
    const error = await assertCode(() => tx.query("SELECT 1"), "internal");
    assertMatch(error.message, /after its end/);
  },

  "withTx() runs statements in order even if they are not awaited": async (pool) => {
    const values = await pool.withTx((tx) =>
      Promise.all([1, 2, 3].map(async (value) => {
        const { rows } = await tx.query<{ value: number }>("SELECT $1::int AS value", [value]);
        return rows[0]?.value;
      }))
    );
    assertEquals(values, [1, 2, 3]);
  },

  "withTx() rolls back when its signal aborts": async (pool) => {
    await pool.writer().query("CREATE TABLE aborted (id int)");
    const controller = new AbortController();
    await assertCode(() =>
      pool.withTx(async (tx) => {
        await tx.query("INSERT INTO aborted VALUES (1)");
        controller.abort();
        await new Promise(() => {});
      }, { signal: controller.signal }), "cancelled");
    const refused = pool.withTx(() => Promise.resolve(), { signal: controller.signal });
    await assertCode(() => refused, "cancelled");
    assertEquals(await countOf(pool.writer(), "aborted"), 0n);
  },

  "withTimeoutTx() rolls back at its deadline": async (pool) => {
    await pool.writer().query("CREATE TABLE overdue (id int)");
    const overdue = async (): Promise<void> =>
      await pool.withTimeoutTx(50, async (tx) => {
        await tx.query("INSERT INTO overdue VALUES (1)");
        await new Promise(() => {});
      });
    const error = await assertCode(overdue, "timeout");
    assertMatch(error.stack ?? "", /at async overdue \(file:\/\/.*\/contract_test\.ts:\d+:\d+\)/);
    assertEquals(await countOf(pool.writer(), "overdue"), 0n);
    assertEquals(await pool.withTimeoutTx(60_000, () => Promise.resolve("in time")), "in time");
  },

  "withTx() isolates concurrent transactions": async (pool) => {
    await pool.writer().query("CREATE TABLE apart (id int PRIMARY KEY)");
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, id) =>
      pool.withTx(async (tx) => {
        await tx.query("INSERT INTO apart VALUES ($1)", [id]);
        if (id % 2 === 0) await tx.query("SELECT 1 / 0");
      })));
    assertEquals(results.filter(({ status }) => status === "fulfilled").length, 10);
    assertEquals(await countOf(pool.writer(), "apart"), 10n);
  },

  "health() reports the primary": async (pool) => {
    assertEquals(await pool.health(), [{ name: "primary", role: "primary", healthy: true }]);
  },

  "migrate() applies pending migrations once": async (pool) => {
    await using folder = await migrationFolder({
      "2_second.sql":
        "-- migrate:up\nINSERT INTO first VALUES (1);\nINSERT INTO first VALUES (2);\n-- migrate:down\nDELETE FROM first;\n",
      "1_first.sql": "-- migrate:up\nCREATE TABLE first (id int);\n",
      "notes.txt": "not a migration",
    });
    const { sources } = folder;
    assertEquals(await pool.pendingMigrations(sources), ["1_first.sql", "2_second.sql"]);
    const racing = await Promise.all([1, 2, 3].map(() => pool.migrate(sources)));
    assertEquals(racing.flat().sort(), ["1_first.sql", "2_second.sql"]);
    assertEquals(await pool.pendingMigrations(sources), []);
    assertEquals(await countOf(pool.writer(), "first"), 2n);
    assertEquals((await pool.writer().query("SELECT version FROM schema_migrations ORDER BY 1")).rows, [
      { version: "1" },
      { version: "2" },
    ]);

    await folder.write("3_bad.sql", "-- migrate:up\nCREATE TABLE half (id int); SELECT nonsense;");
    const error = await assertCode(() => pool.migrate(sources), "internal");
    assertMatch(error.message, /3_bad\.sql of test/);
    assertEquals(await pool.pendingMigrations(sources), ["3_bad.sql"]);
    assertEquals((await pool.writer().query("SELECT 1 FROM pg_class WHERE relname = 'half'")).rowCount, 0);
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

  "revertMigrations() reverts the last migration": async (pool) => {
    await using folder = await migrationFolder({
      "71_undone.sql":
        "-- migrate:up\nCREATE TABLE undoable (id int);\n-- migrate:down\nDROP TABLE undoable;\n",
    });
    const { sources } = folder;
    assertEquals((await pool.planMigrations(sources)).map(({ sql }) => sql), [
      "CREATE TABLE undoable (id int);",
    ]);
    await pool.migrate(sources);
    assertEquals(
      await pool.migrationStatus(sources).then((all) => all.find(({ version }) => version === "71")),
      {
        version: "71",
        fileName: "71_undone.sql",
        state: "applied",
      },
    );
    assertEquals(await pool.revertMigrations(sources, 1), ["71_undone.sql"]);
    assertEquals(await pool.pendingMigrations(sources), ["71_undone.sql"]);
    assertEquals(
      (await pool.writer().query("SELECT 1 FROM pg_class WHERE relname = 'undoable'")).rowCount,
      0,
    );
  },
};

for (const adapter of adapters) {
  for (const driver of DRIVERS) {
    Deno.test(`openPool() implements the contract of db.ts on ${adapter.name} with ${driver}`, async (test) => {
      await using database = await adapter.open();
      const primary = { ...database.instance, driver };
      await using pool = openPool({ primary, replicas: [], ...GENEROUS_TIMEOUTS });
      for (const [name, check] of Object.entries(contract)) await test.step(name, () => check(pool, adapter));
    });
  }
}

async function assertCode(run: () => Promise<unknown>, code: DatabaseErrorCode): Promise<DatabaseError> {
  const error = await assertRejects(run, DatabaseError);
  assertEquals(error.code, code);
  return error;
}

async function countOf(querier: Querier, table: string): Promise<bigint | undefined> {
  const { rows } = await querier.query<{ count: bigint }>(`SELECT count(*) AS count FROM ${table}`);
  return rows[0]?.count;
}
