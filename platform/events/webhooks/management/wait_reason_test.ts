import { assert, assertEquals } from "@std/assert";
import { v7 as newId } from "uuid";
import { microsecondClock } from "@archway/db/timestamp.ts";
import { UNRESTRICTED } from "@archway/service_kit/access_scope.ts";
import { appendEvents } from "../../outbox/testing/append_events.ts";
import { DATABASE_NAMES } from "../../testing/event_databases.ts";
import { WorkerHarness } from "../../worker/testing/worker_harness.ts";
import type { Delivery } from "./domain/delivery.ts";
import { openWebhookService } from "./open_webhook_service.ts";

/** Returns the deliveries to an endpoint, in the order of their streams and versions. */
async function deliveriesTo(
  { pool, secrets }: WorkerHarness,
  webhookId: string,
): Promise<readonly Delivery[]> {
  const service = openWebhookService(pool, {
    ...{ secrets, eventTypes: ["order.placed"], allowPrivate: true, now: microsecondClock(), newId },
  });
  const list = { scope: UNRESTRICTED, filter: { webhookId }, page: { limit: 10 } };
  return (await service.listDeliveries(list)).items.toSorted((one, other) =>
    one.eventId < other.eventId ? -1 : 1
  );
}

for (const name of DATABASE_NAMES) {
  Deno.test(`listDeliveries() returns why each pending delivery waits (${name})`, async () => {
    await using harness = await WorkerHarness.open(name);
    const { receiver, endpointId: id } = await harness.addReceiver({ latency: "quick" });
    const received = Promise.withResolvers<void>();
    const held = Promise.withResolvers<number>();
    receiver.respond = ({ id }) => {
      if (!id.startsWith("order-1")) return id.startsWith("order-2") ? 500 : 200;
      received.resolve();
      return held.promise;
    };
    const worker = harness.startWorker();
    await appendEvents(
      harness.pool,
      ["order-1", "order-1", "order-2", "order-3"].map((stream) => ({ stream })),
    );
    const reasons = async (): Promise<readonly (string | null)[]> =>
      (await deliveriesTo(harness, id)).map(({ waitReason }) => waitReason);
    const until = async (...expected: readonly (string | null)[]): Promise<void> => {
      while (JSON.stringify(await reasons()) !== JSON.stringify(expected)) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    await until("attempt", "earlier-event", "backoff", null);
    const [, behind, failed] = await deliveriesTo(harness, id);
    assertEquals(behind?.nextAttemptAt, null);
    assert(failed !== undefined && failed.nextAttemptAt !== null && failed.attemptedAt !== null);
    assert(failed.nextAttemptAt > failed.attemptedAt);
    // An attempt begins before the receiver sees it.
    await received.promise;
    // The rest of the stream is due after the attempt; the receiver then asks for a pause.
    receiver.headers = { "Retry-After": "3600" };
    receiver.respond = () => 429;
    held.resolve(200);
    await until(null, "throttled", "throttled", null);
    const paused = (await deliveriesTo(harness, id))[2];
    assert(Date.parse(paused?.nextAttemptAt ?? "") > Date.now() + 1_800_000);
    await worker[Symbol.asyncDispose]();
    await harness.pool.writer().query("update webhook_endpoints set throttled_until = null");
    await harness.pool.writer().query("update webhook_lanes set due_at = now()");
    await until(null, "worker", "worker", null);
  });
}
