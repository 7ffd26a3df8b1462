import { assertEquals } from "@std/assert";
import { v7 as newId } from "uuid";
import { microsecondClock } from "@archway/db/timestamp.ts";
import { UNRESTRICTED } from "@archway/service_kit/access_scope.ts";
import { appendEvents } from "../../outbox/testing/append_events.ts";
import { DATABASE_NAMES } from "../../testing/event_databases.ts";
import { WorkerHarness } from "../../worker/testing/worker_harness.ts";
import { openWebhookService } from "../management/open_webhook_service.ts";
import { ConcurrencyLimiter } from "./concurrency_limiter.ts";
import { DeliveryQueue } from "./delivery_queue.ts";
import { Sweeper } from "./sweeper.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Returns the streams that a worker would claim after a time. */
async function claimedAfter(harness: WorkerHarness, laterMs: number): Promise<readonly string[]> {
  const queue = new DeliveryQueue({
    ...{ database: harness.pool, newId, random: () => 1, leaseMs: MINUTE_MS },
    nowMs: () => Date.now() + laterMs,
  });
  const claims = await queue.claim(new ConcurrencyLimiter(8).capacity());
  for (const { key } of claims) await queue.release(key);
  return claims.map(({ key }) => key.stream);
}

async function untilThrottled(harness: WorkerHarness): Promise<void> {
  const throttled = "select from webhook_endpoints where throttled_until is not null";
  while ((await harness.pool.writer().query(throttled)).rows.length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

for (const name of DATABASE_NAMES) {
  for (
    const [status, headers, pauseMs] of [
      [429, { "Retry-After": "7200" }, 2 * HOUR_MS],
      [503, { "Retry-After": "7200" }, 2 * HOUR_MS],
      [429, { "Retry-After": "9999999" }, 4 * HOUR_MS],
      [429, {}, MINUTE_MS / 2],
    ] as const
  ) {
    const shown = `${status} ${JSON.stringify(headers)}`;
    Deno.test(`a response of ${shown} pauses all deliveries to the endpoint (${name})`, async () => {
      await using harness = await WorkerHarness.open(name);
      const { receiver } = await harness.addReceiver();
      receiver.respond = () => status;
      receiver.headers = headers;
      // Without jitter a failed delivery would be due at once.
      const worker = harness.startWorker({ random: () => 0 });
      await appendEvents(harness.pool, [{ stream: "order-1" }]);
      await untilThrottled(harness);
      await worker[Symbol.asyncDispose]();
      await appendEvents(harness.pool, [{ stream: "order-2" }]);
      // Without a working receiver, so that it only relays.
      const relaying = harness.startWorker();
      while ((await harness.deliveries()).length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
      await relaying[Symbol.asyncDispose]();
      assertEquals(receiver.received.length, 1);
      assertEquals(await claimedAfter(harness, pauseMs * 0.9), []);
      assertEquals((await claimedAfter(harness, pauseMs + MINUTE_MS)).length, 1);
    });
  }
}

Deno.test("a retry that the owner requests ends the pause of the endpoint, and so does a clock set back", async () => {
  await using harness = await WorkerHarness.open();
  const { receiver, endpointId: id } = await harness.addReceiver();
  receiver.respond = () => 429;
  receiver.headers = { "Retry-After": "7200" };
  const worker = harness.startWorker();
  await appendEvents(harness.pool, [{ stream: "order-1" }]);
  await untilThrottled(harness);
  await worker[Symbol.asyncDispose]();
  const { pool, secrets } = harness;
  const service = openWebhookService(pool, {
    ...{ secrets, eventTypes: ["order.placed"], allowPrivate: true, now: microsecondClock(), newId },
  });
  const list = { scope: UNRESTRICTED, filter: { webhookId: id }, page: { limit: 1 } };
  const [delivery] = (await service.listDeliveries(list)).items;
  assertEquals(await claimedAfter(harness, 0), []);
  await service.retry({ id, scope: UNRESTRICTED }, delivery?.id ?? "");
  assertEquals(await claimedAfter(harness, MINUTE_MS), ["order-1"]);
  await pool.writer().query(
    "update webhook_endpoints set throttled_at = now() + interval '1 hour', throttled_until = now() + interval '2 hours'",
  );
  assertEquals(await claimedAfter(harness, MINUTE_MS), []);
  await new Sweeper({ database: pool, secrets, nowMs: Date.now, retentionMs: HOUR_MS }).reschedule();
  assertEquals(await claimedAfter(harness, MINUTE_MS), ["order-1"]);
});
