import { assert, assertEquals } from "@std/assert";
import { appendEvents } from "../outbox/testing/append_events.ts";
import { WorkerHarness } from "./testing/worker_harness.ts";

const HOUR_MS = 3_600_000;

Deno.test("EventWorker repeats deliveries that were postponed before the clock was set back", async () => {
  await using harness = await WorkerHarness.open();
  const { receiver } = await harness.addReceiver();
  await appendEvents(harness.pool, [{ stream: "order-1" }, { stream: "order-1" }]);
  // The receiver refuses signatures from the future.
  const ahead = harness.startWorker({ nowMs: () => Date.now() + HOUR_MS });
  while ((await harness.deliveries())[0]?.attempts !== 1) await pause();
  await ahead[Symbol.asyncDispose]();
  assertEquals([receiver.ids, receiver.complaints.length], [[], 1]);
  const { rows } = await harness.pool.writer().query(
    "select from webhook_lanes where due_at > now() + interval '1 hour'",
  );
  assertEquals(rows.length, 1);
  harness.startWorker();
  await harness.untilSettled();
  assertEquals(receiver.received.map(({ id }) => id), ["order-1@1", "order-1@2"]);
});

Deno.test("EventWorker continues while its clock is set back", async () => {
  await using harness = await WorkerHarness.open();
  const { receiver } = await harness.addReceiver();
  // Within the clock tolerance of the receiver.
  let offMs = 60_000;
  harness.startWorker({ nowMs: () => Date.now() + offMs });
  for (let count = 1; count <= 10; count++) {
    await appendEvents(harness.pool, [{ stream: `order-${count % 3}` }]);
    await receiver.until(({ length }) => length === count);
    offMs -= 10_000;
  }
  await harness.untilSettled();
  assertEquals(receiver.complaints, []);
  const deliveries = await harness.deliveries();
  assert(deliveries.every(({ state, attempts }) => state === "delivered" && attempts === 1));
});

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 10));
}
