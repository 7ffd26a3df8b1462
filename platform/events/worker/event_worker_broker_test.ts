import { assert, assertEquals } from "@std/assert";
import { NatsBroker } from "../broker/nats_broker.ts";
import { readStream } from "../broker/testing/read_stream.ts";
import { StreamQueue } from "../outbox/stream_queue.ts";
import { appendEvents, type TestEvent } from "../outbox/testing/append_events.ts";
import { type Nats, startNats } from "@archway/tools/support/nats/start_nats.ts";
import { testWithNats } from "@archway/tools/support/nats/test_with_nats.ts";
import { DATABASE_NAMES } from "../testing/event_databases.ts";
import { publishedData } from "../testing/test_catalog.ts";
import { WorkerHarness } from "./testing/worker_harness.ts";

function brokerOf({ port }: Nats): NatsBroker {
  return new NatsBroker({ servers: [`127.0.0.1:${port}`], tls: false, stream: "archway", timeoutMs: 1_000 });
}

/** One statement: what goes from one table to the other is not missed in both. */
const WAITING = "select (select count(*) from outbox) + (select count(*) from broker_messages) as waiting";

async function untilPublished(harness: WorkerHarness): Promise<void> {
  while ((await harness.pool.writer().query<{ waiting: bigint }>(WAITING)).rows[0]?.waiting !== 0n) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

for (const name of DATABASE_NAMES) {
  testWithNats(`EventWorker publishes every event, with the trace of its request (${name})`, async () => {
    await using nats = await startNats();
    await using harness = await WorkerHarness.open(name);
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    harness.work({ broker: brokerOf(nats) });
    const positions = await appendEvents(harness.pool, [
      { stream: "order-1", metadata: { traceparent } },
      { stream: "basket-1", type: "basket.opened" },
    ]);
    await untilPublished(harness);
    const kept = await readStream(nats, "archway");
    const [order, basket] = await harness.ids(positions);
    assertEquals(
      kept.map(({ subject, id, traceparent }) => [subject, id, traceparent]).toSorted(),
      [
        ["archway.order.placed", order, traceparent],
        ["archway.basket.opened", basket, ""],
      ].toSorted(),
    );
    assertEquals(
      kept.find(({ subject }) => subject === "archway.order.placed")?.body.data,
      publishedData("order.placed"),
    );
  });
}

testWithNats(
  "EventWorker keeps events while the broker is away, and keeps no webhook waiting for it",
  async () => {
    await using nats = await startNats();
    await using harness = await WorkerHarness.open();
    const { receiver } = await harness.receive();
    const events = (round: number): readonly TestEvent[] =>
      Array.from(
        { length: 30 },
        (_, index) => ({ stream: `order-${index % 3}`, data: { round } }),
      );
    for (let worker = 0; worker < 2; worker++) harness.work({ broker: brokerOf(nats) });
    const positions = [...await appendEvents(harness.pool, events(1))];
    await untilPublished(harness);
    await nats.kill();
    positions.push(...await appendEvents(harness.pool, events(2)));
    await receiver.until(({ length }) => length === 60);
    while ((await new StreamQueue("broker_messages").load(harness.pool.writer())).waiting < 30) await pause();
    // Two rounds of failures, so that both workers have told of theirs.
    while (harness.lines.filter(({ level }) => level === "warn").length < 2) await pause();
    assert(await nats.start());
    positions.push(...await appendEvents(harness.pool, events(3)));
    await untilPublished(harness);
    const kept = await readStream(nats, "archway");
    assertEquals(new Set(kept.map(({ id }) => id)), new Set(await harness.ids(positions)));
    assertEquals(kept.length, 90);
    for (const [stream, messages] of Map.groupBy(kept, ({ body }) => body.id.split("@")[0])) {
      const versions = messages.map(({ body }) => Number(body.id.split("@")[1]));
      assertEquals(versions, versions.toSorted((a, b) => a - b), stream);
    }
    // Each of them said once that it waits, however often it tried, and once that it goes on.
    const told = Map.groupBy(harness.lines, ({ level }) => level);
    assertEquals(told.get("warn")?.every(({ properties }) => properties["job"] === "broker"), true);
    assertEquals(told.get("error"), undefined);
  },
);

testWithNats("EventWorker publishes again what it could not note, and the broker keeps it once", async () => {
  await using nats = await startNats();
  await using harness = await WorkerHarness.open();
  const first = harness.work({ broker: brokerOf(nats) });
  await appendEvents(harness.pool, [{ stream: "order-1" }, { stream: "order-1" }]);
  await untilPublished(harness);
  await first[Symbol.asyncDispose]();
  // As it is when the program ends between the broker's acknowledgement and COMMIT.
  await harness.pool.writer().query(
    "insert into broker_messages select position, stream, now() from events",
  );
  harness.work({ broker: brokerOf(nats) });
  await untilPublished(harness);
  assertEquals((await readStream(nats, "archway")).map(({ body }) => body.id), [
    "order-1@1",
    "order-1@2",
  ]);
});

testWithNats("EventWorkers of two databases lose nothing to each other in one stream", async () => {
  await using nats = await startNats();
  // Positions begin at 1 in both, and a stream can be in both: its id may have been chosen by a client, or what came
  // after a backup is written anew.
  for (let count = 0; count < 2; count++) {
    await using harness = await WorkerHarness.open();
    harness.work({ broker: brokerOf(nats) });
    await appendEvents(harness.pool, [{ stream: "order-1" }, { stream: "order-1" }, {
      stream: "order-2",
    }]);
    await untilPublished(harness);
  }
  const kept = await readStream(nats, "archway");
  assertEquals(kept.map(({ body }) => body.id).toSorted(), [
    ...["order-1@1", "order-1@1"],
    ...["order-1@2", "order-1@2"],
    ...["order-2@1", "order-2@1"],
  ]);
  assertEquals(new Set(kept.map(({ id }) => id)).size, 6);
});

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 10));
}
