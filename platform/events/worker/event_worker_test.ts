import { assert, assertEquals } from "@std/assert";
import { appendEvents } from "../outbox/testing/append_events.ts";
import { DATABASE_NAMES } from "../testing/event_databases.ts";
import { publishedData } from "../testing/test_catalog.ts";
import { WorkerHarness } from "./testing/worker_harness.ts";

for (const name of DATABASE_NAMES) {
  Deno.test(`EventWorker delivers events to an endpoint, signed and in order (${name})`, async () => {
    await using harness = await WorkerHarness.open(name);
    const { receiver } = await harness.addReceiver();
    const before = await appendEvents(harness.pool, [{ stream: "order-1" }]);
    // Longer than the test, so that only notifications wake the worker.
    harness.startWorker({ pollMs: 60_000 });
    await receiver.until(({ length }) => length === 1);
    const after = await appendEvents(harness.pool, [
      { stream: "order-1", type: "order.cancelled" },
      { stream: "order-1" },
      { stream: "order-2" },
    ]);
    await receiver.until(({ length }) => length === 3);
    await harness.untilSettled();
    assertEquals(receiver.complaints, []);
    const [first, second, third] = await harness.ids([...before, ...after.slice(1)]);
    assertEquals(receiver.ids[0], first);
    assertEquals(receiver.ids.slice(1).toSorted(), [second, third].toSorted());
    assertEquals(receiver.received[0]?.id, "order-1@1");
    assertEquals(receiver.received[0]?.type, "order.placed");
    assertEquals(receiver.received[0]?.data, publishedData("order.placed"));
    assertEquals(
      (await harness.deliveries()).map(({ state, attempts, last_status }) => [state, attempts, last_status]),
      [["delivered", 1, 200], ["delivered", 1, 200], ["delivered", 1, 200]],
    );
    assertEquals(harness.lines, []);
  });
}

Deno.test("EventWorker delivers to an endpoint only events that concern its owner", async () => {
  await using harness = await WorkerHarness.open();
  const [adas, bobs, unownedEndpoint] = [
    await harness.addReceiver({
      owner: "ada",
      eventTypes: ["order.placed", "basket.opened", "stock.counted"],
    }),
    await harness.addReceiver({ owner: "bob" }),
    await harness.addReceiver(),
  ];
  const positions = await appendEvents(harness.pool, [
    { stream: "order-1", data: { buyer: "ada", seller: "bob" } },
    { stream: "basket-1", type: "basket.opened", data: { buyer: "ada" } },
    { stream: "basket-2", type: "basket.opened", data: { buyer: "bob" } },
    { stream: "order-2", data: { buyer: "bob", seller: "bob" } },
    { stream: "order-3" },
    { stream: "order-4", data: { buyer: "adam", seller: "" } },
    { stream: "stock-1", type: "stock.counted" },
  ]);
  harness.startWorker();
  await harness.untilSettled();
  const received = [adas, bobs, unownedEndpoint].map(({ receiver }) => receiver.ids.toSorted());
  const [first, opened, , own, unowned] = await harness.ids(positions);
  assertEquals(received, [[first, opened].toSorted(), [first, own].toSorted(), [unowned]]);
});

Deno.test("EventWorker retries failed deliveries and preserves the order of their stream", async () => {
  await using harness = await WorkerHarness.open();
  const { receiver } = await harness.addReceiver();
  receiver.respond = (_, count) => count <= 2 ? 500 : count === 3 ? 301 : 200;
  const positions = await appendEvents(harness.pool, [
    { stream: "order-1" },
    { stream: "order-1" },
  ]);
  const worker = harness.startWorker();
  for (let attempts = 1; attempts <= 3; attempts++) {
    await receiver.until(({ length }) => length === attempts);
    while ((await harness.deliveries())[0]?.attempts !== attempts) await pause();
    const [first, second] = await harness.deliveries();
    assertEquals([first?.state, second?.state, second?.attempts], ["pending", "pending", 0]);
    assertEquals([first?.last_status, first?.last_error], attempts < 3 ? [500, "status"] : [301, "redirect"]);
    await harness.pool.writer().query("update webhook_lanes set due_at = now()");
  }
  await harness.untilSettled();
  const [first = "", second = ""] = await harness.ids(positions);
  assertEquals(receiver.ids, [first, first, first, first, second]);
  assertEquals((await harness.deliveries()).map(({ state, attempts }) => [state, attempts]), [
    ["delivered", 4],
    ["delivered", 1],
  ]);
  await worker[Symbol.asyncDispose]();
});

Deno.test("EventWorker gives up a delivery after its last attempt, logs it, and continues with the next one", async () => {
  await using harness = await WorkerHarness.open();
  const { receiver } = await harness.addReceiver();
  receiver.respond = ({ id }) => id === "order-1@1" ? 403 : 200;
  await appendEvents(harness.pool, [{ stream: "order-1" }, { stream: "order-1" }]);
  harness.startWorker();
  while ((await harness.deliveries())[0]?.attempts !== 1) await pause();
  await harness.pool.writer().query("update webhook_deliveries set attempts = 21 where attempts = 1");
  await harness.pool.writer().query("update webhook_lanes set due_at = now()");
  await harness.untilSettled();
  assertEquals(
    (await harness.deliveries()).map(({ state, attempts, last_status }) => [state, attempts, last_status]),
    [
      ["dead", 22, 403],
      ["delivered", 1, 200],
    ],
  );
  assertEquals(
    harness.lines.map(({ level, properties }) => [level, properties["failure"], properties["status"]]),
    [
      ["warn", "status", 403],
    ],
  );
});

Deno.test("EventWorker does not let a slow or unreachable receiver delay other receivers", async () => {
  await using harness = await WorkerHarness.open();
  const [slow, down, quick] = [
    await harness.addReceiver(),
    await harness.addReceiver(),
    await harness.addReceiver(),
  ];
  const release = Promise.withResolvers<number>();
  slow.receiver.respond = () => release.promise;
  await down.receiver[Symbol.asyncDispose]();
  // More than the concurrency limit.
  await appendEvents(
    harness.pool,
    Array.from({ length: 20 }, (_, index) => ({ stream: `order-${index}` })),
  );
  harness.startWorker({ concurrency: 6 });
  await quick.receiver.until(({ length }) => length === 20);
  assert(slow.receiver.received.length <= 7, `${slow.receiver.received.length}`);
  release.resolve(200);
  await slow.receiver.until(({ length }) => length === 20);
  const of = async (id: string): Promise<number> => {
    const { rows } = await harness.pool.writer().query<{ count: bigint }>(
      "select count(*) from webhook_deliveries where endpoint_id = $1 and last_error = 'unreachable'",
      [id],
    );
    return Number(rows[0]?.count);
  };
  while (await of(down.endpointId) < 20) await pause();
});

Deno.test("EventWorker ends an attempt after its timeout", async () => {
  await using harness = await WorkerHarness.open();
  const { receiver } = await harness.addReceiver();
  const release = Promise.withResolvers<number>();
  receiver.respond = (_, count) => count === 1 ? release.promise : 200;
  await appendEvents(harness.pool, [{ stream: "order-1" }]);
  harness.startWorker({ webhooks: { timeoutMs: 100 } });
  while ((await harness.deliveries())[0]?.attempts !== 1) await pause();
  assertEquals((await harness.deliveries())[0]?.last_error, "timeout");
  release.resolve(200);
});

Deno.test("EventWorker does not deliver to endpoints on this machine unless allowed", async () => {
  await using harness = await WorkerHarness.open();
  const { receiver } = await harness.addReceiver({ url: "https://127.0.0.1:1/" });
  await harness.addReceiver({ url: receiver.url });
  await appendEvents(harness.pool, [{ stream: "order-1" }]);
  harness.startWorker({ webhooks: { allowPrivate: false } });
  while ((await harness.deliveries()).filter(({ attempts }) => attempts === 1).length < 2) await pause();
  const errors = (await harness.deliveries()).map(({ last_error }) => last_error);
  assertEquals(errors.toSorted(), ["forbidden-address", "unusable-url"]);
  assertEquals(receiver.received, []);
});

Deno.test("EventWorker waits for attempts in flight when disposed of, and releases those that do not end", async () => {
  await using harness = await WorkerHarness.open();
  const { receiver } = await harness.addReceiver({ latency: "quick" });
  const [first, second] = [Promise.withResolvers<number>(), Promise.withResolvers<number>()];
  receiver.respond = ({ id }) =>
    id === "order-1@1" ? first.promise : id === "order-2@1" ? second.promise : 200;
  const worker = harness.startWorker({ graceMs: 3_000 });
  await appendEvents(harness.pool, [
    { stream: "order-1" },
    { stream: "order-1" },
    { stream: "order-2" },
  ]);
  await receiver.until(({ length }) => length === 2);
  const closed = worker[Symbol.asyncDispose]();
  first.resolve(200);
  await closed;
  assertEquals((await harness.deliveries()).map(({ state, attempts }) => [state, attempts]), [
    ["delivered", 1],
    ["pending", 0],
    ["pending", 0],
  ]);
  // The leases are released.
  const { rows } = await harness.pool.writer().query("select stream from webhook_lanes where lease is null");
  assertEquals(rows.length, 2);
  second.resolve(200);
  harness.startWorker();
  await harness.untilSettled();
  assertEquals(new Set(receiver.ids).size, 3);
});

Deno.test("EventWorker shares the work with another one and preserves the order of every stream", async () => {
  await using harness = await WorkerHarness.open();
  const { receiver } = await harness.addReceiver();
  harness.startWorker();
  harness.startWorker();
  for (let round = 0; round < 10; round++) {
    await appendEvents(
      harness.pool,
      Array.from({ length: 20 }, (_, index) => ({ stream: `order-${index % 5}` })),
    );
  }
  await receiver.until(({ length }) => length >= 200);
  await harness.untilSettled();
  assertEquals(new Set(receiver.ids).size, 200);
  for (const [stream, events] of Map.groupBy(receiver.received, ({ id }) => id.split("@")[0])) {
    const versions = events.map(({ id }) => Number(id.split("@")[1]));
    assertEquals(versions, versions.toSorted((a, b) => a - b), stream);
  }
});

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 10));
}
