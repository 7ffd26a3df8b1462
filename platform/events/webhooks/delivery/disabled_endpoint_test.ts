import { assert, assertEquals, assertRejects } from "@std/assert";
import { v7 as newId } from "uuid";
import { microsecondClock } from "@archway/db/timestamp.ts";
import { UNRESTRICTED } from "@archway/service_kit/access_scope.ts";
import { DomainError } from "@archway/service_kit/domain_error.ts";
import { appendEvents } from "../../outbox/testing/append_events.ts";
import { DATABASE_NAMES } from "../../testing/event_databases.ts";
import { WorkerHarness } from "../../worker/testing/worker_harness.ts";
import { discardDeliveries } from "./discard_deliveries.ts";
import type { WebhookService } from "../management/app.ts";
import { openWebhookService } from "../management/open_webhook_service.ts";
import type { DeliveryRow } from "../../worker/testing/worker_harness.ts";

function serviceOf({ pool, secrets }: WorkerHarness): WebhookService {
  return openWebhookService(pool, {
    secrets,
    eventTypes: ["order.placed"],
    allowPrivate: true,
    now: microsecondClock(),
    newId,
  });
}

/** Resolves to the deliveries when they meet a condition. */
async function deliveriesWhen(
  harness: WorkerHarness,
  condition: (deliveries: readonly DeliveryRow[]) => boolean,
): Promise<readonly DeliveryRow[]> {
  while (true) {
    const deliveries = await harness.deliveries();
    if (condition(deliveries)) return deliveries;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

for (const name of DATABASE_NAMES) {
  Deno.test(`a response of 410 disables the endpoint until its owner enables it (${name})`, async () => {
    await using harness = await WorkerHarness.open(name);
    const { receiver, endpointId: id } = await harness.addReceiver({ latency: "quick" });
    const key = { id, scope: UNRESTRICTED };
    const service = serviceOf(harness);
    const held = Promise.withResolvers<number>();
    receiver.respond = ({ id }) => id === "order-held@1" ? held.promise : id === "order-1@1" ? 410 : 500;
    harness.startWorker();
    await appendEvents(harness.pool, [{ stream: "order-held" }, { stream: "order-failing" }]);
    await deliveriesWhen(
      harness,
      (all) => receiver.received.length === 2 && all.some((one) => one.attempts === 1),
    );
    await appendEvents(harness.pool, ["order-1", "order-1", "order-held"].map((stream) => ({ stream })));
    const settled = await deliveriesWhen(
      harness,
      (all) => all.filter(({ state }) => state === "dead").length === 3,
    );
    assertEquals(
      settled.map(({ stream, state, last_status, last_error }) => [stream, state, last_status, last_error]),
      [
        ["order-held", "pending", null, null],
        ["order-failing", "dead", 500, "disabled"],
        ["order-1", "dead", 410, "gone"],
        ["order-1", "dead", null, "disabled"],
        ["order-held", "pending", null, null],
      ],
    );
    // An attempt that fails meanwhile is not repeated, and the rest of its stream is not attempted.
    held.resolve(500);
    await harness.untilSettled();
    const attempted = (await harness.deliveries()).filter(({ stream }) => stream === "order-held");
    assertEquals(attempted.map(({ state, last_error }) => [state, last_error]), [["dead", "status"], [
      "dead",
      "disabled",
    ]]);
    assertEquals(
      harness.lines.map(({ message }) => message).filter((message) => message.includes("disabled")),
      [
        "Webhook {webhook} disabled: its receiver responded with 410 Gone",
      ],
    );
    const disabled = await service.get(key);
    assertEquals([disabled.disabledAt !== null, disabled.version], [true, 2n]);
    await appendEvents(harness.pool, [{ stream: "order-2" }]);
    await harness.untilSettled();
    const { items } = await service.listDeliveries({
      scope: UNRESTRICTED,
      filter: { webhookId: id },
      page: { limit: 10 },
    });
    assertEquals(items.length, 5);
    const dead = items[0]?.id ?? "";
    assertEquals((await assertRejects(() => service.retry(key, dead), DomainError)).code, "webhook-disabled");
    receiver.respond = () => 200;
    const enabled = await service.enable(key);
    assertEquals([enabled.disabledAt, enabled.version], [null, 3n]);
    assertEquals(await service.enable(key), enabled);
    await service.retry(key, dead);
    await appendEvents(harness.pool, [{ stream: "order-3" }]);
    await harness.untilSettled();
    const states = (await harness.deliveries()).filter(({ state }) => state === "delivered");
    assertEquals(states.length, 2);
  });

  Deno.test(`a response of 410 disables the endpoint although a retry was requested (${name})`, async () => {
    await using harness = await WorkerHarness.open(name);
    const { receiver, endpointId: id } = await harness.addReceiver();
    const service = serviceOf(harness);
    const held = Promise.withResolvers<number>();
    receiver.respond = () => held.promise;
    harness.startWorker();
    await appendEvents(harness.pool, [{ stream: "order-1" }]);
    await receiver.until(({ length }) => length === 1);
    const list = { scope: UNRESTRICTED, filter: { webhookId: id }, page: { limit: 1 } };
    const [delivery] = (await service.listDeliveries(list)).items;
    assert(delivery !== undefined);
    await service.retry({ id, scope: UNRESTRICTED }, delivery.id);
    held.resolve(410);
    await deliveriesWhen(harness, ([one]) => one?.state === "dead");
    await harness.untilSettled();
    assertEquals(receiver.received.length, 1);
  });
}

Deno.test("discardDeliveries() discards any number of deliveries to disabled endpoints, in batches", async () => {
  await using harness = await WorkerHarness.open();
  const [{ receiver, endpointId }, other] = [await harness.addReceiver(), await harness.addReceiver()];
  receiver.respond = () => 500;
  other.receiver.respond = () => 500;
  const worker = harness.startWorker();
  const streams = Array.from({ length: 120 }, (_, index) => `order-${index}`);
  await appendEvents(
    harness.pool,
    [...streams, ...Array<string>(1_100).fill("order-1")].map((stream) => ({ stream })),
  );
  await deliveriesWhen(harness, ({ length }) => length === 2 * 1_220);
  await worker[Symbol.asyncDispose]();
  await harness.pool.writer().query("update webhook_endpoints set disabled_at = now() where id = $1", [
    endpointId,
  ]);
  const now = new Date().toISOString();
  let [count, batches] = [0, 0];
  for (let hasMore = true; hasMore; batches++) {
    const discarded = await discardDeliveries(harness.pool, now);
    count += discarded.count;
    hasMore = discarded.hasMore;
  }
  assertEquals([count, batches > 1], [1_220, true]);
  const { rows } = await harness.pool.writer().query<{ id: string; state: string; keys: bigint }>(
    `select w.id, min(d.state) as state, (select count(*) from webhook_lanes as l where l.endpoint_id = w.id) as keys
      from webhook_endpoints as w join webhook_deliveries as d on d.endpoint_id = w.id group by w.id`,
  );
  assertEquals(
    new Map(rows.map(({ id, state, keys }) => [id, [state, keys]])),
    new Map([
      [endpointId, ["dead", 0n]],
      [other.endpointId, ["pending", 120n]],
    ]),
  );
});
