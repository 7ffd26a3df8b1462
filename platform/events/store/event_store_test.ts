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

/** Waits for transactions in other databases of the server, too. */
async function names(pool: ConnectionPool, after = 0n): Promise<readonly unknown[]> {
  const until = await STORE.settledPosition(pool);
  const events = await STORE.readAll(pool.writer(), { after, until, limit: 100 });
  return events.map(({ data }) => data["name"]);
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
    assertEquals(await names(pool), ["b1", "b2", "a1", "b3"]);
    assertEquals(await names(pool, positions[1]), ["a1", "b3"]);
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
    assertEquals(await names(pool), ["a1", "a2"]);
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
    assertEquals(await names(pool), ["kept"]);
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
    const until = await STORE.settledPosition(pool);
    const all = await STORE.readAll(pool.writer(), { after: 0n, until, limit: 10 });
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

/** Begins to wait for a settled position while a transaction runs, and returns the events up to it. */
async function waitForNames(
  pool: ConnectionPool,
): Promise<{ readonly names: Promise<readonly unknown[]> }> {
  const waits = Promise.withResolvers<void>();
  const settled = STORE.settledPosition(pool, { onWait: waits.resolve });
  const names = settled.then(async (until) => {
    const events = await STORE.readAll(pool.writer(), { after: 0n, until, limit: 100 });
    return events.map(({ data }) => data["name"]);
  });
  // It must not settle; if it does, the test ends with the events that are missing.
  await Promise.race([waits.promise, settled]);
  return { names };
}

Deno.test("EventStore.settledPosition() waits for a transaction that commits late", async () => {
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
  const waiting = await waitForNames(pool);
  await commit();
  assertEquals(await waiting.names, ["1", "2", "3"]);
});

Deno.test("EventStore.settledPosition() waits for a younger transaction with a smaller position", async () => {
  await using database = await openEventDatabase();
  const { pool } = database;
  const [started, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const older = pool.withTx(async (tx) => {
    await tx.query("select pg_current_xact_id()");
    started.resolve();
    await go.promise;
    await append(tx, "older", "2");
  });
  await started.promise;
  const commit = await slow(pool, (tx) => append(tx, "younger", "1"));
  go.resolve();
  await older;
  // Its transaction is older than every running one, and yet an event with a smaller position is to come.
  const visible = await pool.writer().query<{ stream: string }>("select stream from events");
  assertEquals(visible.rows.map(({ stream }) => stream), ["older"]);
  const waiting = await waitForNames(pool);
  await commit();
  assertEquals(await waiting.names, ["1", "2"]);
});

Deno.test("EventStore.settledPosition() stops waiting when it is aborted", async () => {
  await using database = await openEventDatabase();
  const { pool } = database;
  await pool.withTx((tx) => append(tx, "first", "1"));
  const commit = await slow(pool, (tx) => append(tx, "slow", "2"));
  const stopping = new AbortController();
  const reason = new RangeError("Stopped");
  const settling = STORE.settledPosition(pool, {
    signal: stopping.signal,
    onWait: () => stopping.abort(reason),
  });
  assertEquals(await assertRejects(() => settling, RangeError), reason);
  await commit();
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
  const reached = Promise.withResolvers<void>();
  const settling = STORE.settledPosition(pool, { onWait: reached.resolve });
  await Promise.race([reached.promise, settling]);
  await unlock();
  await appending;
  await settling;
  assertEquals(await names(pool), ["quick", "slow"]);
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
