import type { NewEvent } from "@archway/service_kit/event_catalog.ts";
import { assertEquals, assertRejects } from "@std/assert";
import type { ConnectionPool, Querier, Transaction } from "@archway/db/db.ts";
import { emptyEventTables } from "../testing/empty_event_tables.ts";
import { DATABASE_NAMES, openEventDatabase } from "../testing/event_databases.ts";
import { EventStore } from "./event_store.ts";
import { EventStoreError } from "./event_store_error.ts";

const OPTIONS = { metadata: { requestId: "r" }, recordedAt: "2026-11-25T10:00:00.000001Z" };

/** Schema versions of "thing.moved": one text field for the way, then two, then centimetres instead of feet. */
const STORE = new EventStore({
  "thing.made": [],
  "thing.moved": [
    (data) => {
      const [from = "", to = ""] = String(data["way"]).split(" to ");
      return { from, to, feet: data["feet"] };
    },
    ({ feet, ...data }) => ({ ...data, centimetres: Math.round(Number(feet) * 30.48) }),
  ],
});

function made(name: string): NewEvent {
  return { type: "thing.made", schemaVersion: 1, data: { name } };
}

function append(tx: Querier, stream: string, ...names: string[]): Promise<readonly bigint[]> {
  return STORE.append(tx, [{ stream, expectedVersion: 0n, events: names.map(made) }], OPTIONS);
}

async function names(pool: ConnectionPool, after = 0n): Promise<readonly unknown[]> {
  const events = await STORE.readAll(pool.writer(), { after, limit: 100 });
  return events.map(({ data }) => data["name"]);
}

/** Waits for a number of events: transactions in other databases of the server hold readers back, too. */
async function untilNames(pool: ConnectionPool, count: number, after = 0n): Promise<readonly unknown[]> {
  while (true) {
    const found = await names(pool, after);
    if (found.length >= count) return found;
  }
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => promise, EventStoreError)).code;
}

const CASES: Readonly<Record<string, (pool: ConnectionPool) => Promise<void>>> = {
  "append() stores events in order, in their streams and in the outbox": async (pool) => {
    const positions = await pool.withTx((tx) =>
      STORE.append(tx, [
        { stream: "b", expectedVersion: 0n, events: [made("b1"), made("b2")] },
        { stream: "a", expectedVersion: 0n, events: [made("a1")] },
      ], OPTIONS)
    );
    await pool.withTx((tx) =>
      STORE.append(tx, [{ stream: "b", expectedVersion: 2n, events: [made("b3")] }], OPTIONS)
    );
    assertEquals(await untilNames(pool, 4), ["b1", "b2", "a1", "b3"]);
    assertEquals(await untilNames(pool, 2, positions[1]), ["a1", "b3"]);
    const stream = await STORE.readStream(pool.writer(), "b", { after: 1n, limit: 10 });
    assertEquals(
      stream.map(({ version, data, metadata, recordedAt }) => [version, data, metadata, recordedAt]),
      [
        [2n, { name: "b2" }, OPTIONS.metadata, OPTIONS.recordedAt],
        [3n, { name: "b3" }, OPTIONS.metadata, OPTIONS.recordedAt],
      ],
    );
    const { rows } = await pool.writer().query<{ stream: string }>(
      "select stream from outbox order by position",
    );
    assertEquals(rows.map(({ stream }) => stream), ["b", "b", "a", "b"]);
  },
  "append() refuses a stream that is not at the expected version": async (pool) => {
    await pool.withTx((tx) => append(tx, "a", "a1", "a2"));
    for (const expectedVersion of [0n, 1n, 3n]) {
      const appending = pool.withTx((tx) =>
        STORE.append(tx, [{ stream: "a", expectedVersion, events: [made("x")] }], OPTIONS)
      );
      assertEquals(await codeOf(appending), "version-conflict", `${expectedVersion}`);
    }
    assertEquals(await untilNames(pool, 2), ["a1", "a2"]);
  },
  "appendToEnd() appends after the last event of a stream": async (pool) => {
    for (const name of ["a1", "a2"]) {
      await pool.withTx((tx) => STORE.appendToEnd(tx, { stream: "a", events: [made(name)] }, OPTIONS));
    }
    const events = await STORE.readStream(pool.writer(), "a", { after: 0n, limit: 10 });
    assertEquals(events.map(({ version, data }) => [version, data["name"]]), [[1n, "a1"], [2n, "a2"]]);
  },
  "append() leaves nothing after a rollback": async (pool) => {
    const failing = pool.withTx(async (tx) => {
      await append(tx, "a", "lost");
      throw new RangeError("No");
    });
    await assertRejects(() => failing, RangeError);
    await pool.withTx((tx) => append(tx, "a", "kept"));
    assertEquals(await untilNames(pool, 1), ["kept"]);
    assertEquals((await pool.writer().query("select from outbox")).rowCount, 1);
  },
  "readAll() and readStream() return events in their newest schema version": async (pool) => {
    const forms: readonly NewEvent[] = [
      { type: "thing.moved", schemaVersion: 1, data: { way: "shelf to desk", feet: 10 } },
      { type: "thing.moved", schemaVersion: 2, data: { from: "shelf", to: "desk", feet: 10 } },
      { type: "thing.moved", schemaVersion: 3, data: { from: "shelf", to: "desk", centimetres: 305 } },
    ];
    await pool.withTx((tx) =>
      STORE.append(tx, [{ stream: "a", expectedVersion: 0n, events: forms }], OPTIONS)
    );
    const newest = [3, { from: "shelf", to: "desk", centimetres: 305 }];
    await untilNames(pool, 3);
    const all = await STORE.readAll(pool.writer(), { after: 0n, limit: 10 });
    assertEquals(all.map(({ schemaVersion, data }) => [schemaVersion, data]), [newest, newest, newest]);
    const stream = await STORE.readStream(pool.writer(), "a", { after: 0n, limit: 10 });
    assertEquals(stream, all);
    // The stored data is unchanged.
    const { rows } = await pool.writer().query<{ data: unknown }>(
      "select data from events order by position",
    );
    assertEquals(rows.map(({ data }) => data), forms.map(({ data }) => data));
  },
  "readStream() refuses events of a newer program": async (pool) => {
    for (const event of [{ type: "thing.made", schemaVersion: 2 }, { type: "toString", schemaVersion: 1 }]) {
      const events = [{ ...event, data: {} }];
      await pool.withTx((tx) =>
        STORE.append(tx, [{ stream: event.type, expectedVersion: 0n, events }], OPTIONS)
      );
      const reading = STORE.readStream(pool.writer(), event.type, { after: 0n, limit: 1 });
      assertEquals(await codeOf(reading), "unknown-event");
    }
  },
};

for (const name of DATABASE_NAMES) {
  Deno.test(`EventStore on ${name}`, async (t) => {
    await using database = await openEventDatabase(name);
    for (const [title, run] of Object.entries(CASES)) {
      await t.step(title, async () => {
        await emptyEventTables(database.pool);
        await run(database.pool);
      });
    }
  });
}

/** Starts a transaction that stays open, and returns a function that commits it. */
async function slow(
  pool: ConnectionPool,
  run: (tx: Transaction) => Promise<unknown>,
): Promise<() => Promise<void>> {
  const [done, commit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const ended = pool.withTx(async (tx) => {
    await run(tx);
    done.resolve();
    await commit.promise;
  });
  await Promise.race([done.promise, ended]);
  return async (): Promise<void> => {
    commit.resolve();
    await ended;
  };
}

Deno.test("EventStore.readAll() skips no event of a transaction that commits late", async () => {
  await using database = await openEventDatabase();
  const { pool } = database;
  await pool.withTx((tx) => append(tx, "first", "1"));
  const commit = await slow(pool, (tx) => append(tx, "slow", "2"));
  await pool.withTx((tx) => append(tx, "quick", "3"));
  // The third event is committed and has a greater position than the second, which is not visible yet.
  const visible = await pool.writer().query<{ stream: string }>(
    "select stream from events order by position",
  );
  assertEquals(visible.rows.map(({ stream }) => stream), ["first", "quick"]);
  assertEquals(await untilNames(pool, 1), ["1"]);
  const seen = await STORE.readAll(pool.writer(), { after: 0n, limit: 100 });
  await commit();
  assertEquals(await untilNames(pool, 2, seen.at(-1)?.position), ["2", "3"]);
});

Deno.test("EventStore.append() assigns a transaction id before a position", async () => {
  await using database = await openEventDatabase();
  const { pool } = database;
  // Blocks the assignment of a position: readers have to see the running transaction by then.
  await pool.writer().query(
    `create function wait_for_position() returns bigint language plpgsql as $$ begin
      if current_setting('application_name') = 'slow' then
        perform pg_advisory_xact_lock(1);
      end if;
      return nextval(pg_get_serial_sequence('events', 'position'));
    end $$`,
  );
  await pool.writer().query("alter table events alter column position drop identity if exists");
  await pool.writer().query("create sequence events_position_seq owned by events.position");
  await pool.writer().query("alter table events alter column position set default wait_for_position()");
  const unlock = await slow(pool, (tx) => tx.query("select pg_advisory_xact_lock(1)"));
  const appending = pool.withTx(async (tx) => {
    await tx.query("select set_config('application_name', 'slow', true)");
    return await append(tx, "slow", "slow");
  });
  const waits = `select from pg_locks where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())`;
  while ((await pool.writer().query(waits)).rowCount === 0);
  await pool.withTx((tx) => append(tx, "quick", "quick"));
  assertEquals(await names(pool), []);
  await unlock();
  await appending;
  assertEquals(await untilNames(pool, 2), ["quick", "slow"]);
});

Deno.test("EventStore.append() lets exactly one of many concurrent writers succeed", async () => {
  await using database = await openEventDatabase();
  const { pool } = database;
  const outcomes = await Promise.allSettled(
    Array.from({ length: 10 }, (_, index) => pool.withTx((tx) => append(tx, "a", `${index}`))),
  );
  assertEquals(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") assertEquals(outcome.reason.code, "version-conflict");
  }
});
