import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { LookupAddress } from "node:dns";
import { v7 as newId } from "uuid";
import { WorkerHarness } from "../../worker/testing/worker_harness.ts";
import { appendEvents } from "../../outbox/testing/append_events.ts";
import { microsecondClock } from "@archway/db/timestamp.ts";
import { DATABASE_NAMES } from "../../testing/event_databases.ts";
import { testCatalog } from "../../testing/test_catalog.ts";
import { type AccessScope, UNRESTRICTED } from "@archway/service_kit/access_scope.ts";
import { DomainError } from "@archway/service_kit/domain_error.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import { openWebhookService } from "./open_webhook_service.ts";
import type { Delivery } from "./domain/delivery.ts";
import type { Webhook, WebhookInput } from "./domain/webhook.ts";
import type { WebhookService } from "./app.ts";

const EVENT_TYPES = Object.keys(testCatalog().types);

const INPUT: WebhookInput = { url: "https://hooks.example.com/x", eventTypes: ["order.placed"] };
const ADA: AccessScope = { kind: "owner", subject: "ada" };
const BOB: AccessScope = { kind: "owner", subject: "bob" };
const MISSING = "01a202a0-6c16-72c8-b097-99393b7d15ce";

const HOSTS: Readonly<Record<string, readonly LookupAddress[]>> = {
  "hooks.example.com": [{ address: "93.184.216.34", family: 4 }],
  "inside.example.com": [{ address: "93.184.216.34", family: 4 }, { address: "10.0.0.1", family: 4 }],
};

function serviceOf(
  { pool, secrets }: WorkerHarness,
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

async function codeOf(run: () => Promise<unknown>): Promise<string> {
  return (await assertRejects(run, DomainError)).code;
}

async function listed(service: WebhookService, scope: AccessScope): Promise<readonly Webhook[]> {
  return (await service.list({ scope, filter: {}, page: { limit: 10 } })).items;
}

/** Returns all items of a list, page by page. */
async function all(
  list: (
    page: ListRequest<unknown>["page"],
  ) => Promise<Page<Delivery>>,
): Promise<readonly Delivery[]> {
  const items: Delivery[] = [];
  for (;;) {
    const anchor = items.at(-1);
    const page = await list({
      limit: 3,
      ...(anchor !== undefined && { position: { direction: "after", inclusive: false, anchor } }),
    });
    items.push(...page.items);
    if (!page.hasNext) return items;
  }
}

for (const name of DATABASE_NAMES) {
  Deno.test(`WebhookService restricts webhooks to their owners (${name})`, async () => {
    await using harness = await WorkerHarness.open(name);
    const service = serviceOf(harness);
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
    assertEquals(await service.get({ id, scope: ADA }), webhook);
    assertEquals(await service.get({ id, scope: UNRESTRICTED }), webhook);
    const bobs = (await service.create(INPUT, { owner: "bob" })).webhook;
    const ids = async (scope: AccessScope): Promise<readonly string[]> =>
      (await listed(service, scope)).map((item) => item.id);
    assertEquals(await ids(ADA), [id]);
    assertEquals(await ids(UNRESTRICTED), [bobs.id, id]);
    const condition = [1n];
    for (
      const attempt of [
        (): Promise<unknown> => service.get({ id, scope: BOB }),
        (): Promise<unknown> =>
          service.listDeliveries({ scope: BOB, filter: { webhookId: id }, page: { limit: 1 } }),
        (): Promise<unknown> => service.retry({ id, scope: BOB }, MISSING),
        (): Promise<unknown> => service.delete({ id, scope: BOB }, { condition }),
        (): Promise<unknown> => service.get({ id: MISSING, scope: UNRESTRICTED }),
      ]
    ) assertEquals(await codeOf(attempt), "webhook-not-found");
    const stale = await assertRejects(
      () => service.delete({ id, scope: ADA }, { condition: [2n] }),
      DomainError,
    );
    assertEquals([stale.code, stale.currentVersion], ["webhook-changed", 1n]);
    await service.delete({ id, scope: ADA }, { condition });
    assertEquals(await codeOf(() => service.get({ id, scope: ADA })), "webhook-not-found");
    await service.delete({ id: bobs.id, scope: UNRESTRICTED }, { condition: "any" });
    assertEquals(await ids(UNRESTRICTED), []);
  });

  Deno.test(`create() stores the signing secret encrypted (${name})`, async () => {
    await using harness = await WorkerHarness.open(name);
    const { webhook, secret } = await serviceOf(harness).create(INPUT, { owner: null });
    const { rows: [row] } = await harness.pool.writer().query<{ sealed_secret: Uint8Array; all: string }>(
      "select sealed_secret, w::text as all from webhook_endpoints as w",
    );
    assert(row !== undefined && !row.all.includes(secret.slice(6)));
    assert(!new TextDecoder().decode(row.sealed_secret).includes(secret.slice(6, 20)));
    assertEquals(harness.secrets.decrypt(row.sealed_secret, webhook.id), secret);
  });

  Deno.test(`WebhookService lists deliveries and retries them (${name})`, async () => {
    await using harness = await WorkerHarness.open(name);
    let due = 0;
    const service = serviceOf(harness, { onDue: () => void due++ });
    const { receiver, endpointId: id } = await harness.addReceiver();
    const key = { id, scope: UNRESTRICTED };
    receiver.respond = ({ id }) => id.startsWith("order-bad") ? 500 : 200;
    const worker = harness.startWorker();
    const positions = await appendEvents(harness.pool, [
      ...Array.from({ length: 6 }, (_, index) => ({ stream: `order-${index}` })),
      { stream: "order-bad" },
      { stream: "order-bad" },
    ]);
    const list = (): Promise<readonly Delivery[]> =>
      all((page) => service.listDeliveries({ scope: UNRESTRICTED, filter: { webhookId: id }, page }));
    let deliveries = await list();
    while (deliveries.filter(({ attempts }) => attempts === 1).length < 7) deliveries = await list();
    // No further attempts from here.
    await worker[Symbol.asyncDispose]();
    deliveries = await list();
    const ids = await harness.ids(positions);
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

    assertEquals(await codeOf(() => service.retry(key, MISSING)), "delivery-not-found");
    const again = await service.retry(key, good.id);
    assertEquals([again.state, again.attempts, again.settledAt], ["pending", 0, null]);
    assert(again.nextAttemptAt !== null && again.nextAttemptAt <= new Date(Date.now() + 1000).toISOString());
    const sooner = await service.retry(key, bad.id);
    assert(sooner.nextAttemptAt !== null && sooner.nextAttemptAt < bad.nextAttemptAt);
    assertEquals([sooner.attempts, due], [0, 2]);
    receiver.respond = () => 200;
    harness.startWorker();
    await harness.untilSettled();
    assertEquals((await list()).map(({ state }) => state), Array(8).fill("delivered"));
    assertEquals(receiver.ids.filter((event) => event === good.eventId).length, 2);
    await service.delete(key, { condition: "any" });
    assertEquals(await harness.deliveries(), []);
  });
}

Deno.test("create() refuses forbidden URLs and unknown event types", async () => {
  await using harness = await WorkerHarness.open();
  const service = serviceOf(harness);
  const invalidFieldsOf = async (input: WebhookInput): Promise<readonly string[]> => {
    const { code, fieldErrors } = await assertRejects(
      () => service.create(input, { owner: "ada" }),
      DomainError,
    );
    assertEquals(code, "invalid-webhook");
    return fieldErrors.map(({ field }) => field);
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
  ) assertEquals(await invalidFieldsOf({ ...INPUT, url }), ["/url"], url);
  // The same reason for both, so that clients cannot probe names of the internal network.
  const reasons = await Promise.all(
    ["inside", "unknown"].map(async (name) => {
      const input = { ...INPUT, url: `https://${name}.example.com/` };
      return (await assertRejects(() => service.create(input, { owner: "ada" }), DomainError)).fieldErrors;
    }),
  );
  assertEquals(reasons[0], reasons[1]);
  assertEquals(await invalidFieldsOf({ ...INPUT, eventTypes: [] }), ["/eventTypes"]);
  assertEquals(await invalidFieldsOf({ ...INPUT, eventTypes: ["order.placed", "*", "ORDER.PLACED"] }), [
    "/eventTypes/1",
    "/eventTypes/2",
  ]);
  assertEquals(await listed(service, UNRESTRICTED), []);
  const lax = serviceOf(harness, { allowPrivate: true });
  assertEquals(
    (await lax.create({ ...INPUT, url: "http://127.0.0.1:8080/" }, { owner: null })).webhook.url,
    "http://127.0.0.1:8080/",
  );
});

Deno.test("create() refuses more than 20 webhooks of one owner", async () => {
  await using harness = await WorkerHarness.open();
  const service = serviceOf(harness);
  for (let count = 0; count < 20; count++) await service.create(INPUT, { owner: "ada" });
  assertEquals(await codeOf(() => service.create(INPUT, { owner: "ada" })), "too-many-webhooks");
  await service.create(INPUT, { owner: null });
  await service.create(INPUT, { owner: "bob" });
});
