import { assertEquals } from "@std/assert";
import { appendEvents } from "../../outbox/testing/append_events.ts";
import { WorkerHarness } from "../../worker/testing/worker_harness.ts";
import { EncryptionKeyRing } from "@archway/service_kit/signing.ts";
import { DATABASE_NAMES } from "../../testing/event_databases.ts";
import { Sweeper } from "./sweeper.ts";

const HOUR_MS = 3_600_000;

for (const name of DATABASE_NAMES) {
  Deno.test(`purge() deletes deliveries that were settled before the retention period, and no others (${name})`, async () => {
    await using harness = await WorkerHarness.open(name);
    const { receiver } = await harness.addReceiver();
    receiver.respond = ({ id }) => id === "order-2@1" ? 500 : 200;
    const worker = harness.startWorker();
    await appendEvents(harness.pool, [{ stream: "order-1" }, { stream: "order-2" }]);
    while ((await harness.deliveries()).filter(({ attempts }) => attempts === 1).length < 2) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await worker[Symbol.asyncDispose]();
    const sweep = async (laterMs: number): Promise<number> =>
      await new Sweeper({
        database: harness.pool,
        secrets: harness.secrets,
        nowMs: () => Date.now() + laterMs,
        retentionMs: 24 * HOUR_MS,
      }).purge();
    assertEquals(await sweep(23 * HOUR_MS), 0);
    assertEquals(await sweep(25 * HOUR_MS), 1);
    assertEquals((await harness.deliveries()).map(({ stream }) => stream), ["order-2"]);
  });
}

Deno.test("reschedule() makes deliveries due that were postponed before the clock was set back", async () => {
  await using harness = await WorkerHarness.open();
  const { receiver } = await harness.addReceiver();
  const worker = harness.startWorker({ nowMs: () => Date.now() + 6 * HOUR_MS });
  await appendEvents(harness.pool, [{ stream: "order-1" }, { stream: "order-1" }]);
  while ((await harness.deliveries())[0]?.attempts !== 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await worker[Symbol.asyncDispose]();
  // Receivers refuse signatures from the future.
  assertEquals([receiver.received, receiver.complaints.length], [[], 1]);
  // With the right clock, the next attempt would be hours away.
  const sweeper = new Sweeper({
    database: harness.pool,
    secrets: harness.secrets,
    nowMs: Date.now,
    retentionMs: HOUR_MS,
  });
  assertEquals([await sweeper.reschedule(), await sweeper.reschedule()], [1, 0]);
  harness.startWorker();
  await harness.untilSettled();
  assertEquals(receiver.received.map(({ id }) => id), ["order-1@1", "order-1@2"]);
});

Deno.test("reencryptSecrets() lets an old key be removed", async () => {
  await using harness = await WorkerHarness.open();
  const { receiver } = await harness.addReceiver();
  const [newest, old] = [
    "a newer secret of more than 32 bytes for a test",
    "a secret of more than 32 bytes for a test",
  ];
  const sweeper = new Sweeper({
    database: harness.pool,
    secrets: new EncryptionKeyRing([newest, old], "webhook secret"),
    nowMs: Date.now,
    retentionMs: HOUR_MS,
  });
  assertEquals([await sweeper.reencryptSecrets(), await sweeper.reencryptSecrets()], [1, 0]);
  // A worker with the old key only cannot sign any more and reports it; the delivery stays pending.
  const late = harness.startWorker();
  await appendEvents(harness.pool, [{ stream: "order-1" }]);
  while ((await harness.deliveries())[0]?.attempts !== 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await late[Symbol.asyncDispose]();
  assertEquals((await harness.deliveries())[0]?.last_error, "unreadable-secret");
  await harness.pool.writer().query("update webhook_lanes set due_at = now()");
  harness.startWorker({ secrets: new EncryptionKeyRing([newest], "webhook secret") });
  await harness.untilSettled();
  assertEquals([receiver.received.length, receiver.complaints], [1, []]);
});
