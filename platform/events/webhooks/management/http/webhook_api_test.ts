import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import type { Principal } from "@archway/server/request_context.ts";
import type { Server } from "@archway/server/server.ts";
import { type ServerOption, withAuthenticator } from "@archway/server/server_options.ts";
import { serviceServer } from "@archway/tools/support/service_server.ts";
import { eventsModule } from "../../../module.ts";
import { appendEvents } from "../../../outbox/testing/append_events.ts";
import { openEventDatabase } from "../../../testing/event_databases.ts";
import { shopModule } from "../../../testing/shop_module.ts";
import { call } from "../../testing/call.ts";
import { WorkerHarness } from "../../../worker/testing/worker_harness.ts";

/** With an address as host, which needs no name server. */
const INPUT = { url: "https://93.184.216.34/hook", eventTypes: ["order.placed"] };

const MISSING = "01a202a0-6c16-72c8-b097-99393b7d15ce";

/** Authenticator of tokens such as "ada-read.write": subject, "-" and scopes without "webhooks:". */
const BY_NAME: ServerOption = withAuthenticator({
  authenticate(token): Principal {
    const [subject = "", scopes = "read.write"] = token.split("-");
    return { subject, scopes: new Set(scopes.split(".").map((scope) => `webhooks:${scope}`)) };
  },
});

function serverOver(pool: ConnectionPool, ...options: readonly ServerOption[]): Server {
  return serviceServer(pool, { services: [eventsModule, shopModule], options });
}

async function create(server: Server, as?: string): Promise<string> {
  const { status, data } = await call(server, "POST /v1/webhooks", { body: INPUT, ...(as && { as }) });
  assertEquals(status, 201);
  return String(data["id"]);
}

Deno.test("POST /v1/webhooks refuses unknown event types and lists the known ones", async () => {
  await using database = await openEventDatabase();
  const server = serverOver(database.pool);
  const eventTypes = ["order.placed", "order.lost", "*"];
  const refused = await call(server, "POST /v1/webhooks", { body: { ...INPUT, eventTypes } });
  const reason =
    "unknown event type: expected one of basket.opened, order.placed, order.cancelled, stock.counted";
  assertEquals(refused.outcome, "422 invalid-webhook");
  assertEquals(
    refused.invalidParams.map(({ pointer, reason }) => [pointer, reason]),
    [["/eventTypes/1", reason], ["/eventTypes/2", reason]],
  );
  const alone = serviceServer(database.pool, { services: [eventsModule] });
  const { status, invalidParams } = await call(alone, "POST /v1/webhooks", { body: INPUT });
  assertEquals(status, 422);
  assertEquals(invalidParams.map(({ reason }) => reason), [
    "unknown event type: no service of this program publishes events",
  ]);
  assertEquals((await call(server, "GET /v1/webhooks")).items, []);
});

Deno.test("/v1/webhooks creates, reads, lists and deletes webhooks", async () => {
  await using database = await openEventDatabase();
  const server = serverOver(database.pool);
  const created = await call(server, "POST /v1/webhooks", { body: INPUT });
  assertEquals(created.status, 201);
  const { secret, ...webhook } = created.data;
  assertMatch(String(secret), /^whsec_/);
  const path = `/v1/webhooks/${webhook["id"]}`;
  assertEquals([created.headers.get("Location"), created.headers.get("ETag")], [path, '"1"']);
  assertEquals(created.headers.get("Cache-Control"), "no-store, no-transform");
  const token = created.headers.get("Consistency-Token");
  assert(token !== null);
  const read = await call(server, `GET ${path}`, { headers: { "Consistency-Token": token } });
  assertEquals([read.status, read.headers.get("ETag")], [200, '"1"']);
  assertEquals<unknown>(read.data, webhook);
  assertEquals((await call(server, `GET ${path}`, { headers: { "If-None-Match": '"1"' } })).status, 304);
  const newest = await create(server);
  const page = await call(server, "GET /v1/webhooks?limit=1");
  assertEquals([page.items.map(({ id }) => id), page.meta.etags], [[newest], { [newest]: '"1"' }]);
  assertStringIncludes(page.headers.get("Link") ?? "", 'rel="next"');
  const next = await call(server, `GET /v1/webhooks?limit=1&after=${page.meta.nextCursor}`);
  assertEquals<unknown>(next.items, [webhook]);
  assertEquals(next.meta.nextCursor, undefined);
  assertEquals((await call(server, "GET /v1/webhooks?after=x")).outcome, "400 invalid-page");
  assertEquals((await call(server, `DELETE ${path}`)).status, 428);
  const stale = await call(server, `DELETE ${path}`, { headers: { "If-Match": '"2"' } });
  assertEquals([stale.outcome, stale.headers.get("ETag")], ["412 webhook-changed", '"1"']);
  assertEquals((await call(server, `DELETE ${path}`, { headers: { "If-Match": '"1"' } })).status, 204);
  assertEquals((await call(server, `GET ${path}`)).outcome, "404 webhook-not-found");
});

Deno.test("/v1/webhooks shows webhooks to their owners and to webhooks:admin, by scope", async () => {
  await using database = await openEventDatabase();
  const server = serverOver(database.pool, BY_NAME);
  const id = await create(server, "ada");
  const path = `/v1/webhooks/${id}`;
  const ids = async (as: string): Promise<unknown> =>
    (await call(server, "GET /v1/webhooks", { as })).items.map((webhook) => webhook["id"]);
  assertEquals([await ids("ada"), await ids("bob"), await ids("eve-read.admin")], [[id], [], [id]]);
  const headers = { "If-Match": "*" };
  for (
    const line of [
      `GET ${path}`,
      `GET ${path}/deliveries`,
      `POST ${path}/deliveries/${MISSING}/retry`,
      `POST ${path}/enable`,
      `POST ${path}/rotate-secret`,
      `POST ${path}/test`,
    ]
  ) {
    assertEquals((await call(server, line, { as: "bob" })).outcome, "404 webhook-not-found", line);
  }
  assertEquals(
    (await call(server, `DELETE ${path}`, { as: "bob", headers })).outcome,
    "404 webhook-not-found",
  );
  assertEquals((await call(server, `DELETE ${path}`, { as: "ada-read", headers })).status, 403);
  assertEquals((await call(server, `GET ${path}`, { as: "ada-write" })).status, 403);
  await create(server, "ada");
  const { meta } = await call(server, "GET /v1/webhooks?limit=1", { as: "ada" });
  const target = `GET /v1/webhooks?after=${meta.nextCursor}`;
  assertEquals((await call(server, target, { as: "bob" })).outcome, "400 invalid-page");
  assertEquals((await call(server, target, { as: "ada" })).items.map((webhook) => webhook["id"]), [id]);
  assertEquals((await call(server, `DELETE ${path}`, { as: "eve-write.admin", headers })).status, 204);
});

Deno.test("/v1/webhooks/{id}/rotate-secret returns a new secret, with and without a body", async () => {
  await using database = await openEventDatabase();
  const server = serverOver(database.pool);
  const line = `POST /v1/webhooks/${await create(server)}/rotate-secret`;
  const secrets = new Set<unknown>();
  for (const body of [undefined, {}, { overlapSeconds: 60 }, { overlapSeconds: 0 }]) {
    const rotated = await call(server, line, { body });
    assertEquals(rotated.status, 200);
    assertMatch(String(rotated.data["secret"]), /^whsec_/);
    assertEquals(rotated.headers.get("Cache-Control"), "no-store, no-transform");
    assertEquals(
      typeof rotated.data["previousExpiresAt"],
      body?.overlapSeconds === 0 ? "undefined" : "string",
    );
    secrets.add(rotated.data["secret"]);
  }
  assertEquals(secrets.size, 4);
  assertEquals((await call(server, line, { body: { overlapSeconds: 604_801 } })).status, 422);
});

Deno.test("/v1/webhooks/{id}/test returns why a test event was not delivered", async () => {
  await using database = await openEventDatabase();
  const server = serverOver(database.pool);
  const line = `POST /v1/webhooks/${await create(server)}/test`;
  for (
    const [url, error] of [
      ["https://127.0.0.1/", "no-public-address"],
      ["https://unknown.invalid/", "no-public-address"],
      ["http://93.184.216.34/", "unusable-url"],
    ] as const
  ) {
    await database.pool.writer().query("update webhook_endpoints set url = $1", [url]);
    const tested = await call(server, line);
    assertEquals([tested.status, tested.data["delivered"], tested.data["error"]], [200, false, error]);
  }
  assertEquals(
    (await call(server, `${line}`.replace(/[0-9a-f]{12}\/test/, "000000000000/test"))).status,
    404,
  );
});

Deno.test("/v1/webhooks/{id}/enable enables a webhook that was disabled", async () => {
  await using database = await openEventDatabase();
  const server = serverOver(database.pool);
  const path = `/v1/webhooks/${await create(server)}`;
  await database.pool.writer().query("update webhook_endpoints set disabled_at = now(), version = 2");
  const disabled = await call(server, `GET ${path}`);
  assertEquals([typeof disabled.data["disabledAt"], disabled.headers.get("ETag")], ["string", '"2"']);
  for (let count = 0; count < 2; count++) {
    const enabled = await call(server, `POST ${path}/enable`);
    assertEquals([enabled.status, enabled.headers.get("ETag")], [200, '"3"']);
    assertEquals(enabled.data["disabledAt"], undefined);
    assert(enabled.headers.has("Consistency-Token"));
  }
});

Deno.test("/v1/webhooks/{id}/deliveries lists deliveries with an ETag of the page, and retries one", async () => {
  await using harness = await WorkerHarness.open();
  const server = serverOver(harness.pool);
  const { receiver, endpointId } = await harness.addReceiver();
  const list = `GET /v1/webhooks/${endpointId.toUpperCase()}/deliveries`;
  receiver.respond = () => 500;
  harness.startWorker();
  await appendEvents(harness.pool, [{ stream: "order-1" }, { stream: "order-2" }]);
  while ((await harness.deliveries()).filter(({ attempts }) => attempts === 1).length < 2) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const failed = await call(server, list);
  assertEquals(
    failed.items.map(({ eventType, state, lastStatus }) => [eventType, state, lastStatus]),
    [["order.placed", "pending", 500], ["order.placed", "pending", 500]],
  );
  assertEquals(failed.meta.etags, {});
  const first = await call(server, `${list}?limit=1`);
  const next = await call(server, `${list}?limit=1&after=${first.meta.nextCursor}`);
  assertEquals<unknown>([...first.items, ...next.items], failed.items);
  const other = `GET /v1/webhooks/${await create(server)}/deliveries?after=${first.meta.nextCursor}`;
  assertEquals((await call(server, other)).outcome, "400 invalid-page");
  const headers = { "If-None-Match": failed.headers.get("ETag") ?? "" };
  assertEquals((await call(server, list, { headers })).status, 304);
  receiver.respond = () => 200;
  for (const { id } of failed.items) {
    const again = await call(server, `POST /v1/webhooks/${endpointId}/deliveries/${id}/retry`);
    assertEquals([again.status, again.data["state"], again.data["attempts"]], [
      202,
      "pending",
      0,
    ]);
    assert(again.headers.has("Consistency-Token"));
  }
  await harness.untilSettled();
  const settled = await call(server, list, { headers });
  assertEquals([settled.status, settled.items.map(({ state }) => state)], [200, [
    "delivered",
    "delivered",
  ]]);
  const missing = `POST /v1/webhooks/${endpointId}/deliveries/${MISSING}/retry`;
  assertEquals((await call(server, missing)).outcome, "404 delivery-not-found");
});
