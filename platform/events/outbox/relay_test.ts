import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ConnectionPool, Transaction } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { DATABASE_NAMES, EVENT_MIGRATIONS, openEventDatabase } from "../testing/event_databases.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { UNOBSERVED } from "../worker/work_observer.ts";
import { BatchTooLargeError, type Destination } from "./destination.ts";
import { Relay } from "./relay.ts";
import { StreamQueue, type TakenEvent } from "./stream_queue.ts";
import { appendEvents, type TestEvent } from "./testing/append_events.ts";

/** A destination that records accepted events in a table of its own. */
class Recorder implements Destination {
  readonly name = "recorder";
  begun = 0;
  /** Called in the transaction, before the events are recorded. */
  before: (events: readonly TakenEvent[]) => Promise<void> = () => Promise.resolve();

  static async make(pool: ConnectionPool): Promise<Recorder> {
    await pool.writer().query(
      "create table recorded (id bigint generated always as identity primary key, position bigint not null unique)",
    );
    return new Recorder();
  }

  async accept(tx: Transaction, events: readonly TakenEvent[]): Promise<boolean> {
    await this.before(events);
    await tx.query("insert into recorded (position) select unnest($1::bigint[])", [
      events.map(({ position }) => position),
    ]);
    return true;
  }

  begin(): void {
    this.begun++;
  }
}

/** Returns the positions in the order of recording, by stream. */
async function recorded(pool: ConnectionPool): Promise<ReadonlyMap<string, readonly bigint[]>> {
  const { rows } = await pool.writer().query<{ stream: string; position: bigint }>(
    "select e.stream, r.position from recorded as r join events as e using (position) order by r.id",
  );
  return new Map(
    [...Map.groupBy(rows, ({ stream }) => stream)].map((
      [stream, of],
    ) => [stream, of.map(({ position }) => position)]),
  );
}

function relayOf(database: ConnectionPool, recorder: Recorder, batch?: number): Relay {
  return new Relay({
    database,
    destinations: [recorder],
    observer: UNOBSERVED,
    toJson: ({ data }) => JSON.parse(JSON.stringify(data)),
    onUnpublishable(): void {},
    ...(batch !== undefined && { batch }),
  });
}

function eventsOf(streams: number, each: number): readonly TestEvent[] {
  return Array.from({ length: streams * each }, (_, index) => ({ stream: `stream-${index % streams}` }));
}

for (const name of DATABASE_NAMES) {
  Deno.test(`Relay relays every event once, in order, and empties the outbox (${name})`, async () => {
    await using database = await openEventDatabase(name);
    const { pool } = database;
    const recorder = await Recorder.make(pool);
    const relay = relayOf(pool, recorder, 7);
    assertEquals(await relay.step(), "idle");
    const positions = await appendEvents(pool, eventsOf(3, 8));
    let steps = 1;
    while (await relay.step() === "more") steps++;
    assertEquals(steps, 4);
    const byStream = await recorded(pool);
    assertEquals([...byStream.values()].flat().toSorted((a, b) => Number(a - b)), positions);
    for (const of of byStream.values()) assertEquals(of, of.toSorted((a, b) => Number(a - b)));
    assertEquals(await new StreamQueue("outbox").load(pool.reader()), { waiting: 0, oldest: undefined });
    assertEquals(recorder.begun, 4);
  });

  Deno.test(`Relay changes nothing when a destination fails (${name})`, async () => {
    await using database = await openEventDatabase(name);
    const { pool } = database;
    const recorder = await Recorder.make(pool);
    const relay = relayOf(pool, recorder);
    await appendEvents(pool, eventsOf(2, 2));
    recorder.before = () => Promise.reject(new Error("planned"));
    await assertRejects(() => relay.step(), Error, "planned");
    const { waiting, oldest } = await new StreamQueue("outbox").load(pool.reader());
    assertEquals([waiting, recorder.begun], [4, 0]);
    assert(oldest !== undefined);
    recorder.before = () => Promise.resolve();
    await relay.step();
    assertEquals((await recorded(pool)).size, 2);
  });
}

Deno.test("Relay skips the streams that another relay has taken", async () => {
  await using database = await useTestDatabase({ migrations: EVENT_MIGRATIONS });
  await using pool = openPool({ primary: database.instance, replicas: [] });
  const [first, second] = [await Recorder.make(pool), new Recorder()];
  await appendEvents(pool, eventsOf(2, 3));
  const held = Promise.withResolvers<void>();
  const taken = Promise.withResolvers<readonly TakenEvent[]>();
  first.before = (events) => {
    taken.resolve(events);
    return held.promise;
  };
  const slow = relayOf(pool, first, 3).step();
  // Two streams, three events: the first relay has both streams.
  assertEquals((await taken.promise).map(({ stream }) => stream), ["stream-0", "stream-1", "stream-0"]);
  await appendEvents(pool, [{ stream: "stream-0" }, { stream: "stream-2" }]);
  const seen: string[] = [];
  second.before = (events) => {
    seen.push(...events.map(({ stream }) => stream));
    return Promise.resolve();
  };
  assertEquals(await relayOf(pool, second).step(), "idle");
  assertEquals(seen, ["stream-2"]);
  held.resolve();
  assertEquals(await slow, "more");
  await relayOf(pool, second).step();
  assertEquals(seen, ["stream-2", "stream-1", "stream-0", "stream-1", "stream-0"]);
});

Deno.test("Relay halves a batch that a destination does not store in one transaction", async () => {
  await using database = await openEventDatabase();
  const { pool } = database;
  const recorder = await Recorder.make(pool);
  const sizes: number[] = [];
  recorder.before = ({ length }) => {
    sizes.push(length);
    return length > 3 ? Promise.reject(new BatchTooLargeError()) : Promise.resolve();
  };
  const positions = await appendEvents(pool, eventsOf(5, 2));
  const relay = relayOf(pool, recorder, 16);
  while (await relay.step() === "more");
  assertEquals(sizes, [10, 8, 4, 2, 4, 2, 4, 2, 4, 2, 2]);
  assertEquals([...(await recorded(pool)).values()].flat().length, positions.length);
});

Deno.test("Relay shares the work with others and preserves the order of every stream", async () => {
  await using database = await useTestDatabase({ migrations: EVENT_MIGRATIONS });
  await using pool = openPool({ primary: { ...database.instance, maxConnections: 12 }, replicas: [] });
  const recorders = [await Recorder.make(pool), ...Array.from({ length: 3 }, () => new Recorder())];
  const shares = recorders.map(() => 0);
  const all = Promise.withResolvers<void>();
  await appendEvents(pool, eventsOf(20, 1));
  let writing = true;
  const writers = Promise.all(Array.from({ length: 4 }, async (_, writer) => {
    for (let round = 0; round < 25; round++) {
      await appendEvents(pool, eventsOf(5, 2).map(({ stream }) => ({ stream: `${stream}-${writer}` })));
    }
  })).finally(() => writing = false);
  const relays = recorders.map(async (recorder, index) => {
    recorder.before = (events) => {
      shares[index] = (shares[index] ?? 0) + events.length;
      // Every relay has taken events before one of them continues.
      if (shares.every((share) => share > 0)) all.resolve();
      return all.promise;
    };
    const relay = relayOf(pool, recorder, 5);
    for (;;) {
      const wrote = writing;
      const outcome = await relay.step();
      if (
        outcome === "idle" && !wrote && (await new StreamQueue("outbox").load(pool.writer())).waiting === 0
      ) return;
    }
  });
  await Promise.all([writers, ...relays]);
  const byStream = await recorded(pool);
  assertEquals([...byStream.values()].flat().length, 1020);
  for (const of of byStream.values()) assertEquals(of, of.toSorted((a, b) => Number(a - b)));
  assertEquals(shares.reduce((sum, share) => sum + share), 1020);
});
