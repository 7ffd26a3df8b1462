import { assert, assertEquals, assertRejects } from "@std/assert";
import { v7 as newId } from "uuid";
import { microsecondClock } from "@archway/db/timestamp.ts";
import type { DeveloperView, ViewButton, ViewPage } from "@archway/service_kit/developer_view.ts";
import { cellsOf, tablesOf } from "@archway/tools/support/view_tables.ts";
import { appendEvents } from "../outbox/testing/append_events.ts";
import { openWebhookService } from "../webhooks/management/open_webhook_service.ts";
import { verifySignature } from "../webhooks/delivery/verify_signature.ts";
import { newSigningSecret } from "../webhooks/delivery/signing_secret.ts";
import { WorkerHarness } from "../worker/testing/worker_harness.ts";
import { Webhook } from "standardwebhooks";
import { eventsView } from "./events_view.ts";
import { webhooksView } from "./webhooks_view.ts";

function buttonOf(page: ViewPage | undefined, label: string): ViewButton {
  const buttons = page?.sections.flatMap((section) => {
    if (section.kind === "bar") return section.buttons ?? [];
    return section.kind === "table" ? section.rows.flatMap(({ buttons = [] }) => buttons) : [];
  });
  const found = buttons?.find((button) => button.label === label);
  if (found === undefined) throw new Error(`There is no button ${label}`);
  return found;
}

/** Returns a page when the first row of its table has a text. */
async function untilIncludes(
  show: () => Promise<ViewPage | undefined>,
  text: string,
): Promise<ViewPage | undefined> {
  while (true) {
    const page = await show();
    if (cellsOf(tablesOf(page)[0])[0]?.includes(text)) return page;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function viewOf({ pool, secrets }: WorkerHarness, onDue: () => void): DeveloperView {
  return webhooksView(
    openWebhookService(pool, {
      ...{ secrets, eventTypes: ["order.placed"], allowPrivate: true, now: microsecondClock(), newId, onDue },
    }),
  );
}

Deno.test("webhooksView() shows deliveries, delivers again, sends test events and enables webhooks", async () => {
  await using harness = await WorkerHarness.open();
  const { receiver, endpointId: id } = await harness.addReceiver();
  receiver.respond = ({ type }) => type === "webhook.test" ? 200 : 410;
  const worker = harness.startWorker();
  const view = viewOf(harness, () => worker.deliveryDue());
  const list = (): Promise<ViewPage | undefined> => view.show({ path: [], query: {} });
  const show = (): Promise<ViewPage | undefined> => view.show({ path: [id], query: {} });
  await appendEvents(harness.pool, [{ stream: "order-1" }]);
  const webhooks = await untilIncludes(list, "disabled");
  assertEquals(cellsOf(tablesOf(webhooks)[0]), [[receiver.url, "order.placed", "disabled"]]);
  const disabled = await untilIncludes(show, "dead");
  const [cells] = cellsOf(tablesOf(disabled)[0]);
  assertEquals(cells?.slice(1), ["order.placed", "dead", 1, "410 gone", ""]);
  const retry = buttonOf(disabled, "Deliver again now");
  const early = async (): Promise<string | undefined> => await view.act?.(retry);
  await assertRejects(early, Error, "The webhook is disabled");
  await view.act?.(buttonOf(disabled, "Enable it"));
  receiver.respond = () => 200;
  assertEquals(await view.act?.(retry), "It is due now.");
  const [again] = cellsOf(tablesOf(await untilIncludes(show, "delivered"))[0]);
  assertEquals(again?.slice(1), ["order.placed", "delivered", 1, "200", ""]);
  assertEquals(
    await view.act?.(buttonOf(disabled, "Send a test event")),
    "The receiver accepted the test event with 200.",
  );
  assertEquals(await view.show({ path: [crypto.randomUUID()], query: {} }), undefined);
});

Deno.test("verifySignature() knows messages to the URLs of webhooks alone", async () => {
  await using harness = await WorkerHarness.open();
  const { receiver, endpointId } = await harness.addReceiver();
  const { pool, secrets } = harness;
  const verify = (secret: string, { url = receiver.url, body = "{}" } = {}): Promise<boolean | undefined> => {
    const now = new Date();
    const headers = new Headers({
      "webhook-id": "a",
      "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
      "webhook-signature": new Webhook(secret).sign("a", now, "{}"),
    });
    return verifySignature(pool.writer(), { url, headers, body }, secrets);
  };
  assertEquals(await verify(receiver.secret), true);
  assertEquals(await verify(receiver.secret, { body: "[]" }), false);
  assertEquals(await verify(newSigningSecret()), false);
  assertEquals(await verify(receiver.secret, { url: `${receiver.url}/other` }), undefined);
  // With a secret that was replaced and has not expired.
  const service = openWebhookService(pool, {
    ...{ secrets, eventTypes: ["order.placed"], allowPrivate: true, now: microsecondClock(), newId },
  });
  const { secret } = await service.rotateSecret({ id: endpointId, scope: { kind: "all" } });
  assertEquals([await verify(secret), await verify(receiver.secret)], [true, true]);
});

Deno.test("eventsView() shows queues, the outbox and the last events", async () => {
  await using harness = await WorkerHarness.open();
  await appendEvents(harness.pool, [{ stream: "order-1" }, { stream: "order-2" }]);
  const [queues, outbox, recent] = tablesOf(await eventsView(harness.pool).show({ path: [], query: {} }));
  assertEquals(cellsOf(queues).map(([, waiting]) => waiting), [2, 0, 0]);
  assertEquals(cellsOf(outbox).map(([, type, stream]) => [type, stream]), [
    ["order.placed", "order-1"],
    ["order.placed", "order-2"],
  ]);
  assert(cellsOf(recent)[0]?.includes("order-2"));
});
