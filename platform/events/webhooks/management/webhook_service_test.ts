import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { LookupAddress } from "node:dns";
import { v7 as newId } from "uuid";
import { WorkerStage } from "../../worker/testing/worker_stage.ts";
import { appendEvents } from "../../outbox/testing/append_events.ts";
import { microsecondClock } from "@archway/db/timestamp.ts";
import { DATABASE_NAMES } from "../../testing/event_databases.ts";
import { testCatalog } from "../../testing/test_catalog.ts";
import { EVERYONE, type Viewer } from "@archway/service_kit/ownership/viewer.ts";
import { openWebhookService } from "./open_webhook_service.ts";
import type { Delivery, WebhookDraft } from "./webhook.ts";
import { WebhookError, type WebhookErrorCode } from "./webhook_error.ts";
import type { WebhookService } from "./webhook_service.ts";

const EVENT_TYPES = Object.keys(testCatalog().types);

const DRAFT: WebhookDraft = { url: "https://hooks.example.com/x", eventTypes: ["order.placed"] };
const ADA: Viewer = { kind: "owner", subject: "ada" };
const BOB: Viewer = { kind: "owner", subject: "bob" };
const NOBODYS = "01a202a0-6c16-72c8-b097-99393b7d15ce";

const HOSTS: Readonly<Record<string, readonly LookupAddress[]>> = {
  "hooks.example.com": [{ address: "93.184.216.34", family: 4 }],
  "inside.example.com": [{ address: "93.184.216.34", family: 4 }, { address: "10.0.0.1", family: 4 }],
};

function serviceOf(
  { pool, secrets }: WorkerStage,
  { allowPrivate = false, onDue = (): void => {} } = {},
): WebhookService {
  return openWebhookService(pool, {
    secrets,
    eventTypes: EVENT_TYPES,
    allowPrivate,
    onDue,
    now: microsecondClock(),
    newId,
    resolve: (host) => {
      const addresses = HOSTS[host];
      return addresses === undefined ? Promise.reject(new Error("not found")) : Promise.resolve(addresses);
    },
  });
}

async function codeOf(run: () => Promise<unknown>): Promise<WebhookErrorCode> {
  return (await assertRejects(run, WebhookError)).code;
}

/** Everything of a list, page by page. */
async function all(
  list: (
    page: { limit: number; position?: { direction: "after"; inclusive: false; pivot: Delivery } },
  ) => Promise<
    { readonly items: readonly Delivery[]; readonly hasNext: boolean }
  >,
): Promise<readonly Delivery[]> {
  const items: Delivery[] = [];
  for (;;) {
    const pivot = items.at(-1);
    const page = await list({
      limit: 3,
      ...(pivot !== undefined && { position: { direction: "after", inclusive: false, pivot } }),
    });
    items.push(...page.items);
    if (!page.hasNext) return items;
  }
}

for (const name of DATABASE_NAMES) {
  Deno.test(`WebhookService keeps webhooks of their owners, and shows them to nobody else (${name})`, async () => {
    await using stage = await WorkerStage.open(name);
    const service = serviceOf(stage);
    const { webhook, secret } = await service.create(
      {
        url: "HTTPS://Hooks.Example.com",
        eventTypes: ["order.placed", "basket.opened", "order.placed"],
      },
      { owner: "ada" },
    );
    assertMatch(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
    assertEquals(webhook.url, "https://hooks.example.com/");
    assertEquals(webhook.eventTypes, ["basket.opened", "order.placed"]);
    const { id } = webhook;
    assertEquals(await service.get({ id, viewer: ADA }), webhook);
    assertEquals(await service.get({ id, viewer: EVERYONE }), webhook);
    const bobs = (await service.create(DRAFT, { owner: "bob" })).webhook;
    const ids = async (viewer: Viewer): Promise<readonly string[]> =>
      (await service.list(viewer, { limit: 10 })).items.map((item) => item.id);
    assertEquals(await ids(ADA), [id]);
    assertEquals(await ids(EVERYONE), [bobs.id, id]);
    const condition = [1n];
    for (
      const attempt of [
        (): Promise<unknown> => service.get({ id, viewer: BOB }),
        (): Promise<unknown> => service.listDeliveries({ id, viewer: BOB }, { limit: 1 }),
        (): Promise<unknown> => service.retry({ id, viewer: BOB }, NOBODYS),
        (): Promise<unknown> => service.delete({ id, viewer: BOB }, { condition }),
        (): Promise<unknown> => service.get({ id: NOBODYS, viewer: EVERYONE }),
      ]
    ) assertEquals(await codeOf(attempt), "webhook-not-found");
    const stale = await assertRejects(
      () => service.delete({ id, viewer: ADA }, { condition: [2n] }),
      WebhookError,
    );
    assertEquals([stale.code, stale.currentVersion], ["webhook-changed", 1n]);
    await service.delete({ id, viewer: ADA }, { condition });
    assertEquals(await codeOf(() => service.get({ id, viewer: ADA })), "webhook-not-found");
    await service.delete({ id: bobs.id, viewer: EVERYONE }, { condition: "any" });
    assertEquals(await ids(EVERYONE), []);
  });

  Deno.test(`WebhookService keeps no secret that can be read (${name})`, async () => {
    await using stage = await WorkerStage.open(name);
    const { webhook, secret } = await serviceOf(stage).create(DRAFT, { owner: null });
    const { rows: [row] } = await stage.pool.writer().query<{ sealed_secret: Uint8Array; all: string }>(
      "select sealed_secret, w::text as all from webhook_endpoints as w",
    );
    assert(row !== undefined && !row.all.includes(secret.slice(6)));
    assert(!new TextDecoder().decode(row.sealed_secret).includes(secret.slice(6, 20)));
    assertEquals(stage.secrets.open(row.sealed_secret, webhook.id), secret);
  });

  Deno.test(`WebhookService tells what became of deliveries, and begins them anew (${name})`, async () => {
    await using stage = await WorkerStage.open(name);
    let due = 0;
    const service = serviceOf(stage, { onDue: () => void due++ });
    const { receiver, endpointId: id } = await stage.receive();
    const key = { id, viewer: EVERYONE };
    receiver.answer = ({ id }) => id.startsWith("order-bad") ? 500 : 200;
    const worker = stage.work();
    const positions = await appendEvents(stage.pool, [
      ...Array.from({ length: 6 }, (_, index) => ({ stream: `order-${index}` })),
      { stream: "order-bad" },
      { stream: "order-bad" },
    ]);
    const list = (): Promise<readonly Delivery[]> => all((page) => service.listDeliveries(key, page));
    let deliveries = await list();
    while (deliveries.filter(({ attempts }) => attempts === 1).length < 7) deliveries = await list();
    // Nothing goes on by itself from here.
    await worker[Symbol.asyncDispose]();
    deliveries = await list();
    const ids = await stage.ids(positions);
    const by = (index: number): Delivery => {
      const found = deliveries.find(({ eventId }) => eventId === ids[index]);
      assert(found !== undefined);
      return found;
    };
    assertEquals(deliveries.length, 8);
    const [good, bad, behind] = [by(0), by(6), by(7)];
    assertEquals([good.state, good.lastStatus, good.nextAttemptAt], ["delivered", 200, null]);
    assertEquals([bad.state, bad.attempts, bad.lastStatus, bad.lastError], ["pending", 1, 500, "status"]);
    assert(bad.nextAttemptAt !== null && bad.nextAttemptAt > bad.createdAt);
    assertEquals([behind.attempts, behind.attemptedAt, behind.nextAttemptAt], [0, null, null]);

    assertEquals(await codeOf(() => service.retry(key, NOBODYS)), "delivery-not-found");
    const again = await service.retry(key, good.id);
    assertEquals([again.state, again.attempts, again.settledAt], ["pending", 0, null]);
    assert(again.nextAttemptAt !== null && again.nextAttemptAt <= new Date(Date.now() + 1000).toISOString());
    const sooner = await service.retry(key, bad.id);
    assert(sooner.nextAttemptAt !== null && sooner.nextAttemptAt < bad.nextAttemptAt);
    assertEquals([sooner.attempts, due], [0, 2]);
    receiver.answer = () => 200;
    stage.work();
    await stage.untilSettled();
    assertEquals((await list()).map(({ state }) => state), Array(8).fill("delivered"));
    assertEquals(receiver.ids.filter((event) => event === good.eventId).length, 2);
    await service.delete(key, { condition: "any" });
    assertEquals(await stage.deliveries(), []);
  });
}

Deno.test("WebhookService refuses URLs that nobody is to be told at, and events that there are not", async () => {
  await using stage = await WorkerStage.open();
  const service = serviceOf(stage);
  const faultsOf = async (draft: WebhookDraft): Promise<readonly string[]> => {
    const { code, faults } = await assertRejects(() => service.create(draft, { owner: "ada" }), WebhookError);
    assertEquals(code, "invalid");
    return faults.map(({ field }) => field);
  };
  for (
    const url of [
      ...[
        "",
        "x",
        "/hook",
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "https://",
        "https://u:p@hooks.example.com",
      ],
      ...[
        "https://hooks.example.com/#x",
        `https://hooks.example.com/${"x".repeat(2048)}`,
        "javascript:alert(1)",
      ],
      ...[
        "https://localhost/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/",
        "https://0x7f000001/",
      ],
      ...["https://inside.example.com/", "https://unknown.example.com/", "https://[::ffff:10.0.0.1]/"],
    ]
  ) assertEquals(await faultsOf({ ...DRAFT, url }), ["/url"], url);
  // Else whoever creates webhooks could find out which names there are inside.
  const reasons = await Promise.all(
    ["inside", "unknown"].map(async (name) => {
      const draft = { ...DRAFT, url: `https://${name}.example.com/` };
      return (await assertRejects(() => service.create(draft, { owner: "ada" }), WebhookError)).faults;
    }),
  );
  assertEquals(reasons[0], reasons[1]);
  assertEquals(await faultsOf({ ...DRAFT, eventTypes: [] }), ["/eventTypes"]);
  assertEquals(await faultsOf({ ...DRAFT, eventTypes: ["order.placed", "*", "ORDER.PLACED"] }), [
    "/eventTypes/1",
    "/eventTypes/2",
  ]);
  assertEquals((await service.list(EVERYONE, { limit: 1 })).items, []);
  const lax = serviceOf(stage, { allowPrivate: true });
  assertEquals(
    (await lax.create({ ...DRAFT, url: "http://127.0.0.1:8080/" }, { owner: null })).webhook.url,
    "http://127.0.0.1:8080/",
  );
});

Deno.test("WebhookService lets an owner have so many webhooks and no more", async () => {
  await using stage = await WorkerStage.open();
  const service = serviceOf(stage);
  for (let count = 0; count < 20; count++) await service.create(DRAFT, { owner: "ada" });
  assertEquals(await codeOf(() => service.create(DRAFT, { owner: "ada" })), "too-many-webhooks");
  await service.create(DRAFT, { owner: null });
  await service.create(DRAFT, { owner: "bob" });
});
