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
  return new NatsBroker({
    servers: [`127.0.0.1:${port}`],
    tls: undefined,
    stream: "archway",
    timeoutMs: 1_000,
  });
}

/** One statement, so that an event that moves between the tables is counted. */
const WAITING = "select (select count(*) from outbox) + (select count(*) from broker_messages) as waiting";

async function untilPublished(harness: WorkerHarness): Promise<void> {
  while ((await harness.pool.writer().query<{ waiting: bigint }>(WAITING)).rows[0]?.waiting !== 0n) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

for (const name of DATABASE_NAMES) {
  testWithNats(
    `EventWorker publishes every event with the trace context of its request (${name})`,
    async () => {
      await using nats = await startNats();
      await using harness = await WorkerHarness.open(name);
      const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
      harness.startWorker({ broker: brokerOf(nats) });
      const positions = await appendEvents(harness.pool, [
        { stream: "order-1", metadata: { traceparent } },
        { stream: "basket-1", type: "basket.opened" },
      ]);
      await untilPublished(harness);
      const stored = await readStream(nats, "archway");
      const [order, basket] = await harness.ids(positions);
      assertEquals(
        stored.map(({ subject, id, traceparent }) => [subject, id, traceparent]).toSorted(),
        [
          ["archway.order.placed", order, traceparent],
          ["archway.basket.opened", basket, ""],
        ].toSorted(),
      );
      assertEquals(
        stored.find(({ subject }) => subject === "archway.order.placed")?.body.data,
        publishedData("order.placed"),
      );
    },
  );
}

testWithNats(
  "EventWorker queues events while the broker is down, and still delivers to webhooks",
  async () => {
    await using nats = await startNats();
    await using harness = await WorkerHarness.open();
    const { receiver } = await harness.addReceiver();
    const events = (round: number): readonly TestEvent[] =>
      Array.from(
        { length: 30 },
        (_, index) => ({ stream: `order-${index % 3}`, data: { round } }),
      );
    for (let worker = 0; worker < 2; worker++) harness.startWorker({ broker: brokerOf(nats) });
    const positions = [...await appendEvents(harness.pool, events(1))];
    await untilPublished(harness);
    await nats.kill();
    positions.push(...await appendEvents(harness.pool, events(2)));
    await receiver.until(({ length }) => length === 60);
    while ((await new StreamQueue("broker_messages").load(harness.pool.writer())).waiting < 30) await pause();
    // Two warnings, one of each worker.
    while (harness.lines.filter(({ level }) => level === "warn").length < 2) await pause();
    assert(await nats.start());
    positions.push(...await appendEvents(harness.pool, events(3)));
    await untilPublished(harness);
    const stored = await readStream(nats, "archway");
    assertEquals(new Set(stored.map(({ id }) => id)), new Set(await harness.ids(positions)));
    assertEquals(stored.length, 90);
    for (const [stream, messages] of Map.groupBy(stored, ({ body }) => body.id.split("@")[0])) {
      const versions = messages.map(({ body }) => Number(body.id.split("@")[1]));
      assertEquals(versions, versions.toSorted((a, b) => a - b), stream);
    }
    // Repeated failures are logged once, and nothing is logged as an error.
    const logged = Map.groupBy(harness.lines, ({ level }) => level);
    assertEquals(logged.get("warn")?.every(({ properties }) => properties["job"] === "broker"), true);
    assertEquals(logged.get("error"), undefined);
  },
);

testWithNats(
  "EventWorker publishes again after a crash before COMMIT, and the broker stores the event once",
  async () => {
    await using nats = await startNats();
    await using harness = await WorkerHarness.open();
    const first = harness.startWorker({ broker: brokerOf(nats) });
    await appendEvents(harness.pool, [{ stream: "order-1" }, { stream: "order-1" }]);
    await untilPublished(harness);
    await first[Symbol.asyncDispose]();
    // The state after a crash between the broker's acknowledgement and COMMIT.
    await harness.pool.writer().query(
      "insert into broker_messages select position, stream, now() from events",
    );
    harness.startWorker({ broker: brokerOf(nats) });
    await untilPublished(harness);
    assertEquals((await readStream(nats, "archway")).map(({ body }) => body.id), [
      "order-1@1",
      "order-1@2",
    ]);
  },
);

testWithNats(
  "EventWorker of one database does not suppress the events of another one in the same stream",
  async () => {
    await using nats = await startNats();
    // Positions begin at 1 in both, and both can have the same stream: if a client chose its id, or if events are recorded
    // again after a restored backup.
    for (let count = 0; count < 2; count++) {
      await using harness = await WorkerHarness.open();
      harness.startWorker({ broker: brokerOf(nats) });
      await appendEvents(harness.pool, [{ stream: "order-1" }, { stream: "order-1" }, {
        stream: "order-2",
      }]);
      await untilPublished(harness);
    }
    const stored = await readStream(nats, "archway");
    assertEquals(stored.map(({ body }) => body.id).toSorted(), [
      ...["order-1@1", "order-1@1"],
      ...["order-1@2", "order-1@2"],
      ...["order-2@1", "order-2@1"],
    ]);
    assertEquals(new Set(stored.map(({ id }) => id)).size, 6);
  },
);

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 10));
}
