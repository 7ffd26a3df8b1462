import { assertEquals } from "@std/assert";
import { NatsBroker } from "../broker/nats_broker.ts";
import { readStream } from "../broker/testing/read_stream.ts";
import { StreamQueue } from "../outbox/stream_queue.ts";
import { appendEvents, type TestEvent } from "../outbox/testing/append_events.ts";
import { mergeCatalogs } from "../merge_catalogs.ts";
import { type Nats, startNats } from "@archway/tools/support/nats/start_nats.ts";
import { testWithNats } from "@archway/tools/support/nats/test_with_nats.ts";
import { publishedData, testCatalog } from "../testing/test_catalog.ts";
import { WorkerHarness } from "./testing/worker_harness.ts";

/** Events of a newer program, whose orders have two schema versions: in the first, the buyer had another name. */
const NEWER = mergeCatalogs([
  testCatalog({
    "order.placed": [({ customer, remark, ...data }) => ({ ...data, buyer: customer, note: remark })],
  }),
]);

/** Events of a newer program whose second schema version of orders looks like the first. */
const SIMILAR = mergeCatalogs([testCatalog({ "order.placed": [(data) => data] })]);

/** An order in the first schema version of the newer program. */
function firstVersion(stream: string): TestEvent {
  return { stream, data: { buyer: undefined, note: undefined, customer: null, remark: "Lunch" } };
}

function brokerOf({ port }: Nats): NatsBroker {
  return new NatsBroker({ servers: [`127.0.0.1:${port}`], tls: undefined, stream: "archway" });
}

async function untilWaiting(harness: WorkerHarness, streams: readonly string[]): Promise<void> {
  const waiting = `select stream from outbox union select stream from broker_messages
    union select stream from webhook_lanes order by stream`;
  while (true) {
    const { rows } = await harness.pool.writer().query<{ stream: string }>(waiting);
    if (rows.map(({ stream }) => stream).join() === streams.join()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

testWithNats("EventWorker publishes events in their newest schema version", async () => {
  await using nats = await startNats();
  await using harness = await WorkerHarness.open();
  const { receiver } = await harness.addReceiver();
  await appendEvents(harness.pool, [
    firstVersion("order-1"),
    { stream: "order-2", schemaVersion: 2, data: { buyer: null, note: "Lunch" } },
  ]);
  harness.startWorker({ ...NEWER, broker: brokerOf(nats) });
  await untilWaiting(harness, []);
  const published = publishedData("order.placed", { note: "Lunch" });
  const expected = [published, published];
  assertEquals(receiver.received.map(({ data }) => data), expected);
  assertEquals((await readStream(nats, "archway")).map(({ body }) => body.data), expected);
});

testWithNats(
  "EventWorker leaves events of a newer program to that program, and logs the reasons",
  async () => {
    await using nats = await startNats();
    await using harness = await WorkerHarness.open();
    const { receiver } = await harness.addReceiver({ eventTypes: ["order.placed", "order.lost"] });
    await appendEvents(harness.pool, [
      { stream: "order-1" },
      { stream: "order-1", schemaVersion: 2 },
      { stream: "order-1" },
      { stream: "order-2", type: "order.lost" },
      // Invalid data is not publishable either.
      { stream: "order-3", data: { buyer: 7 } },
      { stream: "order-4" },
    ]);
    const older = harness.startWorker({ broker: brokerOf(nats) });
    await receiver.until(({ length }) => length === 2);
    await untilWaiting(harness, ["order-1", "order-2", "order-3"]);
    await older[Symbol.asyncDispose]();
    assertEquals(receiver.received.map(({ id }) => id).toSorted(), ["order-1@1", "order-4@1"]);
    assertEquals((await readStream(nats, "archway")).map(({ body }) => body.id).toSorted(), [
      "order-1@1",
      "order-4@1",
    ]);
    assertEquals((await new StreamQueue("outbox").load(harness.pool.writer())).waiting, 4);
    assertEquals(
      harness.lines.map(({ level, properties }) => [level, properties["job"], String(properties["error"])])
        .toSorted(),
      [
        ["error", "relay", "Error: order.placed: buyer is neither a subject nor null"],
        [
          "error",
          "relay",
          "EventStoreError: Cannot read event order.lost: no service publishes this type",
        ],
        ["error", "relay", "EventStoreError: Cannot read event order.placed: unknown schema version 2"],
      ],
    );
    // The newer program publishes its events.
    harness.startWorker({ ...SIMILAR, broker: brokerOf(nats) });
    await receiver.until(({ length }) => length === 4);
    assertEquals(receiver.received.slice(2).map(({ id }) => id), ["order-1@2", "order-1@3"]);
    await untilWaiting(harness, ["order-2", "order-3"]);
  },
);

testWithNats(
  "EventWorker leaves queued deliveries and messages of a newer program to that program",
  async () => {
    await using nats = await startNats();
    await using harness = await WorkerHarness.open();
    const { receiver } = await harness.addReceiver();
    // The state that the relay of the newer program leaves: a pending delivery and a queued message.
    receiver.respond = () => 503;
    await nats.kill();
    const first = harness.startWorker({ ...SIMILAR, broker: brokerOf(nats) });
    await appendEvents(harness.pool, [{ stream: "order-1", schemaVersion: 2 }]);
    while ((await harness.deliveries())[0]?.attempts !== 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await first[Symbol.asyncDispose]();
    await harness.pool.writer().query("update webhook_lanes set due_at = now()");
    await nats.start();
    harness.lines.length = 0;
    receiver.respond = () => 200;
    const older = harness.startWorker({ broker: brokerOf(nats) });
    await appendEvents(harness.pool, [{ stream: "order-2" }]);
    await receiver.until(({ length }) => length === 2);
    while (harness.lines.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    await older[Symbol.asyncDispose]();
    assertEquals(receiver.received.map(({ id }) => id), ["order-1@1", "order-2@1"]);
    assertEquals(harness.lines.map(({ level, properties }) => [level, properties["job"]]).toSorted(), [
      ["error", "broker"],
      ["error", "delivery"],
    ]);
    const [delivery] = await harness.deliveries();
    assertEquals([delivery?.state, delivery?.attempts], ["pending", 1]);
    await harness.pool.writer().query("update webhook_lanes set due_at = now()");
    harness.startWorker({ ...SIMILAR, broker: brokerOf(nats) });
    await untilWaiting(harness, []);
    assertEquals(receiver.received.map(({ id }) => id), ["order-1@1", "order-2@1", "order-1@1"]);
    assertEquals((await readStream(nats, "archway")).map(({ body }) => body.id).toSorted(), [
      "order-1@1",
      "order-2@1",
    ]);
  },
);

Deno.test("EventWorker publishes the other streams however many are blocked", async () => {
  await using harness = await WorkerHarness.open();
  const { receiver } = await harness.addReceiver();
  // More than a relay scans in one transaction, before all others.
  await appendEvents(
    harness.pool,
    Array.from({ length: 1_000 }, (_, index) => ({ stream: `order-${index}`, schemaVersion: 2 })),
  );
  await appendEvents(harness.pool, [{ stream: "order-last" }]);
  harness.startWorker();
  await receiver.until(({ length }) => length === 1);
  assertEquals(receiver.received.map(({ id }) => id), ["order-last@1"]);
  assertEquals(harness.lines.length, 1);
});
