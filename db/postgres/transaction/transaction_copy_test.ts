import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { Buffer } from "node:buffer";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import type { ConnectionPool, Querier, RowCopy, Transaction } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { openPool } from "../open_pool.ts";

interface Harness extends AsyncDisposable {
  readonly pool: ConnectionPool;
  /** Pool apart from the only connection of the other one. */
  readonly observer: ConnectionPool;
}

const COPY = "COPY things FROM STDIN";

async function openHarness(): Promise<Harness> {
  await using stack = new AsyncDisposableStack();
  const { instance } = stack.use(await useTestDatabase());
  const primary = { ...instance, driver: "wire", maxConnections: 1 } as const;
  const pool = stack.use(openPool({ primary, replicas: [], ...GENEROUS_TIMEOUTS }));
  const observer = stack.use(
    openPool({ primary: instance, replicas: [], ...GENEROUS_TIMEOUTS, applicationName: "observer" }),
  );
  await pool.writer().query("CREATE TABLE things (id int PRIMARY KEY, name text CHECK (name <> 'bad'))");
  const opened = stack.move();
  return { pool, observer, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

function rowCopyOf(tx: Transaction): RowCopy {
  const { rowCopy } = tx;
  assert(rowCopy !== undefined);
  return rowCopy;
}

function write(pool: ConnectionPool, ...lines: readonly string[]): Promise<number> {
  return pool.withTx((tx) => rowCopyOf(tx).write(COPY, [Buffer.from(lines.join("\n") + "\n")]));
}

async function count(querier: Querier): Promise<bigint | undefined> {
  return (await querier.query<{ count: bigint }>("SELECT count(*) FROM things")).rows[0]?.count;
}

/** Waits until the session of the pool waits for something. */
async function untilWaiting(observer: ConnectionPool, event: string): Promise<void> {
  const text = `SELECT 1 FROM pg_stat_activity
    WHERE application_name = 'archway' AND datname = current_database() AND wait_event = $1`;
  while ((await observer.writer().query(text, [event])).rowCount === 0);
}

Deno.test("rowCopy writes and reads rows between other statements of a transaction", async () => {
  await using harness = await openHarness();
  const { pool } = harness;
  const read = await pool.withTx(async (tx) => {
    const copy = rowCopyOf(tx);
    assertEquals(await copy.write(COPY, [Buffer.from("1\ta\n2"), Buffer.from("\tb\n")]), 2);
    await tx.query("INSERT INTO things VALUES (3, 'c')");
    const parts: Uint8Array[] = [];
    const rows = copy.read("COPY (SELECT * FROM things ORDER BY id) TO STDOUT");
    let next = await rows.next();
    for (; next.done !== true; next = await rows.next()) parts.push(next.value);
    await tx.query("DELETE FROM things WHERE id = 1");
    return [next.value, Buffer.concat(parts).toString()];
  });
  assertEquals(read, [3, "1\ta\n2\tb\n3\tc\n"]);
  assertEquals(await count(pool.writer()), 2n);
});

Deno.test("rowCopy reports the row and the column of an error, and nothing of the transaction remains", async () => {
  await using harness = await openHarness();
  const { pool } = harness;
  const refused = [
    [
      ["1\ta", "x\tb"],
      "invalid-value",
      "A value does not fit its column or parameter (row 2, column id of COPY)",
      "id",
    ],
    [
      ["1\ta", "2\tb", "1\tc"],
      "unique-violation",
      "A unique constraint rejected the row (row 3 of COPY)",
      undefined,
    ],
    [["1\tbad"], "check-violation", "A constraint rejected the row (row 1 of COPY)", undefined],
    [["1"], "invalid-value", "A value does not fit its column or parameter (row 1 of COPY)", undefined],
  ] as const;
  for (const [lines, code, message, column] of refused) {
    const error = await assertRejects(() => write(pool, ...lines), DatabaseError);
    assertEquals([error.code, error.message, error.logFields.column], [code, message, column]);
  }
  await assertRejects(
    () =>
      pool.withTx(async (tx) => {
        await tx.query("INSERT INTO things VALUES (9, 'first')");
        await rowCopyOf(tx).write("COPY nowhere FROM STDIN", []);
      }),
    DatabaseError,
  );
  assertEquals(await count(pool.writer()), 0n);
});

Deno.test("rowCopy asks for rows as the server takes them", async () => {
  await using harness = await openHarness();
  const { pool, observer } = harness;
  await pool.writer().query(`CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END $$`);
  await pool.writer().query(
    "CREATE TRIGGER waits BEFORE INSERT ON things FOR EACH ROW WHEN (NEW.id = 0) EXECUTE FUNCTION wait()",
  );
  const parts = 600;
  let asked = 0;
  const rows = function* (): Generator<Uint8Array> {
    for (; asked < parts; asked++) yield Buffer.from(`${asked}\t${"x".repeat(100_000)}\n`);
  };
  let copied: Promise<number> | undefined;
  await observer.withTx(async (tx) => {
    await tx.query("SELECT pg_advisory_xact_lock(1)");
    copied = pool.withTx((writing) => rowCopyOf(writing).write(COPY, rows()));
    await untilWaiting(observer, "advisory");
    for (let turn = 0; turn < 50; turn++) await tx.query("SELECT 1");
    assertLess(asked, parts / 4);
  });
  assertEquals(await copied, parts);
});

Deno.test("rowCopy leaves nothing when its transaction or session ends meanwhile, and the pool goes on", async () => {
  await using harness = await openHarness();
  const { pool, observer } = harness;
  const forever = async function* (signal: AbortSignal): AsyncGenerator<Uint8Array> {
    yield Buffer.from("1\ta\n");
    await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  };
  const source = new AbortController();
  const endings: Readonly<Record<string, () => Promise<unknown>>> = {
    timeout: () => pool.withTimeoutTx(300, (tx) => rowCopyOf(tx).write(COPY, forever(source.signal))),
    cancelled: async () => {
      const stopping = new AbortController();
      const { signal } = stopping;
      const copied = pool.withTx((tx) => rowCopyOf(tx).write(COPY, forever(source.signal)), { signal });
      copied.catch(() => {});
      await untilWaiting(observer, "ClientRead");
      stopping.abort();
      return await copied;
    },
    unavailable: async () => {
      const copied = pool.withTx((tx) => rowCopyOf(tx).write(COPY, forever(source.signal)));
      copied.catch(() => {});
      await untilWaiting(observer, "ClientRead");
      await observer.writer().query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE application_name = 'archway' AND datname = current_database()`,
      );
      // The loss is known before the source ends, whose error would be rethrown otherwise.
      while (pool.load()[0]?.pool.open !== 0) await new Promise((resolve) => setTimeout(resolve, 1));
      source.abort(new Error("The source has ended"));
      return await copied;
    },
  };
  for (const [code, run] of Object.entries(endings)) {
    const error = await assertRejects(run, DatabaseError);
    assertEquals(error.code, code);
    assertEquals(await count(pool.writer()), 0n);
  }
});

Deno.test("rowCopy.read() fails the transaction when its rows are left, and the pool goes on", async () => {
  await using harness = await openHarness();
  const { pool } = harness;
  const text = "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 100000)) TO STDOUT";
  const left = pool.withTx(async (tx) => {
    await tx.query("INSERT INTO things VALUES (1, 'a')");
    for await (const part of rowCopyOf(tx).read(text)) if (part.length > 0) break;
  });
  await assertRejects(() => left, DatabaseError, "not read to their end");
  assertEquals(await count(pool.writer()), 0n);
});

Deno.test("rowCopy is missing with postgres.js", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: { ...database.instance, driver: "postgres.js" }, replicas: [] });
  assertEquals(await pool.withTx((tx) => Promise.resolve(tx.rowCopy)), undefined);
});
