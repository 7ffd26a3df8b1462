import { assert, assertEquals } from "@std/assert";
import { v7 as newId } from "uuid";
import { appendEvents } from "../../outbox/testing/append_events.ts";
import { type ResourceKey, UNRESTRICTED } from "@archway/service_kit/access_scope.ts";
import { WorkerHarness } from "../../worker/testing/worker_harness.ts";
import { microsecondClock } from "@archway/db/timestamp.ts";
import { DATABASE_NAMES } from "../../testing/event_databases.ts";
import { testCatalog } from "../../testing/test_catalog.ts";
import type { WebhookReceiver } from "../testing/webhook_receiver.ts";
import { openWebhookService } from "./open_webhook_service.ts";
import type { Delivery } from "./domain/delivery.ts";

const EVENT_TYPES = Object.keys(testCatalog().types);

/** Test harness of retries: an endpoint, the service that retries its deliveries, and a worker. */
class RetryHarness implements AsyncDisposable {
  private constructor(
    readonly harness: WorkerHarness,
    readonly receiver: WebhookReceiver,
    private readonly endpointId: string,
  ) {}

  static async open(database: string): Promise<RetryHarness> {
    const harness = await WorkerHarness.open(database);
    const { receiver, endpointId } = await harness.addReceiver();
    harness.startWorker();
    return new RetryHarness(harness, receiver, endpointId);
  }

  async append(...streams: readonly string[]): Promise<void> {
    await appendEvents(this.harness.pool, streams.map((stream) => ({ stream })));
  }

  /** Returns the deliveries, in the order of their events. */
  async deliveries(): Promise<readonly Delivery[]> {
    const { items } = await this.#service().listDeliveries({
      scope: UNRESTRICTED,
      filter: { webhookId: this.endpointId },
      page: { limit: 10 },
    });
    return items.toSorted((one, other) => one.eventId < other.eventId ? -1 : 1);
  }

  async retry(index: number): Promise<Delivery> {
    const delivery = (await this.deliveries())[index];
    assert(delivery !== undefined);
    return await this.#service().retry(this.#key, delivery.id);
  }

  async query(text: string): Promise<void> {
    await this.harness.pool.writer().query(text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.harness[Symbol.asyncDispose]();
  }

  get #key(): ResourceKey {
    return { id: this.endpointId, scope: UNRESTRICTED };
  }

  #service(): ReturnType<typeof openWebhookService> {
    const { pool, secrets } = this.harness;
    return openWebhookService(pool, {
      secrets,
      eventTypes: EVENT_TYPES,
      allowPrivate: true,
      now: microsecondClock(),
      newId,
    });
  }
}

for (const name of DATABASE_NAMES) {
  for (const [which, before] of [["a middle", 3], ["the last", 21]] as const) {
    Deno.test(`retry() during ${which} attempt that fails starts another one at once (${name})`, async () => {
      await using retries = await RetryHarness.open(name);
      const { receiver, harness } = retries;
      receiver.respond = () => 500;
      await retries.append("order-1");
      while ((await retries.deliveries())[0]?.attempts !== 1) await pause();
      const held = Promise.withResolvers<number>();
      receiver.respond = (_, count) => count === 2 ? held.promise : 200;
      await retries.query(`update webhook_deliveries set attempts = ${before}`);
      await retries.query("update webhook_lanes set due_at = now()");
      await receiver.until(({ length }) => length === 2);
      // Two requests, one attempt for both.
      await retries.retry(0);
      const { state, attempts, nextAttemptAt } = await retries.retry(0);
      assertEquals([state, attempts, nextAttemptAt], ["pending", 0, null]);
      held.resolve(500);
      await harness.untilSettled();
      const [delivery] = await retries.deliveries();
      assertEquals([delivery?.state, delivery?.attempts, delivery?.lastStatus], ["delivered", 1, 200]);
      assertEquals([receiver.received.length, harness.lines], [3, []]);
    });
  }

  Deno.test(`retry() during an attempt restarts the count of attempts (${name})`, async () => {
    await using retries = await RetryHarness.open(name);
    const { receiver } = retries;
    const held = Promise.withResolvers<number>();
    receiver.respond = (_, count) => count === 1 ? held.promise : 500;
    await retries.append("order-1");
    await receiver.until(({ length }) => length === 1);
    await retries.retry(0);
    held.resolve(500);
    await receiver.until(({ length }) => length === 2);
    while ((await retries.deliveries())[0]?.attempts !== 1) await pause();
    // The requested attempt has failed: the next one backs off.
    const [delivery] = await retries.deliveries();
    assert(delivery !== undefined && delivery.nextAttemptAt !== null);
    assertEquals([delivery.state, receiver.received.length], ["pending", 2]);
    assert(delivery.attemptedAt !== null && delivery.nextAttemptAt > delivery.attemptedAt);
  });

  Deno.test(`retry() during an attempt that succeeds starts no other one (${name})`, async () => {
    await using retries = await RetryHarness.open(name);
    const { receiver, harness } = retries;
    const held = Promise.withResolvers<number>();
    receiver.respond = () => held.promise;
    await retries.append("order-1", "order-1");
    await receiver.until(({ length }) => length === 1);
    await retries.retry(0);
    // Next in its stream, so it is delivered anyway.
    await retries.retry(1);
    held.resolve(200);
    await harness.untilSettled();
    assertEquals(receiver.received.map(({ id }) => id), ["order-1@1", "order-1@2"]);
    const deliveries = await retries.deliveries();
    assertEquals(deliveries.map(({ state, attempts }) => [state, attempts]), [["delivered", 1], [
      "delivered",
      1,
    ]]);
  });

  Deno.test(`retry() of an earlier delivery repeats it before the later one in flight (${name})`, async () => {
    await using retries = await RetryHarness.open(name);
    const { receiver, harness } = retries;
    await retries.append("order-1");
    await harness.untilSettled();
    const held = Promise.withResolvers<number>();
    receiver.respond = (_, count) => count === 2 ? held.promise : 200;
    await retries.append("order-1");
    await receiver.until(({ length }) => length === 2);
    await retries.retry(0);
    held.resolve(500);
    // Settles without the backoff of the failed delivery.
    await harness.untilSettled();
    const received = receiver.received.map(({ id }) => id);
    assertEquals(received, ["order-1@1", "order-1@2", "order-1@1", "order-1@2"]);
  });
}

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 10));
}
