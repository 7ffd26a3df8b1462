import { EnvironmentReader } from "@archway/config/environment_reader.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Config, ConfigError, parseConfig } from "@archway/config/config.ts";
import type { ConnectionPool } from "@archway/db/db.ts";
import { PrometheusMetrics } from "@archway/observability/telemetry/prometheus_metrics.ts";
import { mountServices } from "@archway/program/mount_services.ts";
import { SILENT_LOGGER } from "@archway/server/logger.ts";
import { createServer, type Server } from "@archway/server/server.ts";
import { withApi, withIdempotency } from "@archway/server/server_options.ts";
import { UNTRACED } from "@archway/service_kit/observed_work.ts";
import type { MountedService, ServiceModule } from "@archway/service_kit/service_module.ts";
import { eventsModule } from "./module.ts";
import { appendEvents } from "./outbox/testing/append_events.ts";
import { openEventDatabase } from "./testing/event_databases.ts";
import { shopModule } from "./testing/shop_module.ts";
import { newSigningSecret } from "./webhooks/delivery/signing_secret.ts";
import { call } from "./webhooks/testing/call.ts";
import { WebhookReceiver } from "./webhooks/testing/webhook_receiver.ts";

function configOf(
  environment: Readonly<Record<string, string>>,
  services: readonly ServiceModule[] = [eventsModule, shopModule],
): Config {
  return parseConfig((name) => environment[name], { services });
}

interface Mounted {
  readonly events: MountedService;
  readonly server: Server;
  readonly metrics: PrometheusMetrics;
}

/** Mounts the events module with other services, as a program does. */
function mount(
  pool: ConnectionPool,
  environment: Readonly<Record<string, string>> = {},
  services: readonly ServiceModule[] = [eventsModule, shopModule],
): Mounted {
  const metrics = new PrometheusMetrics();
  const { services: [events = {}], idempotency } = mountServices(configOf(environment, services), {
    services,
    database: { pool, hmacSecrets: ["a secret of more than 32 bytes for a test"] },
    logger: SILENT_LOGGER,
    telemetry: { metrics: metrics.sink, tracer: UNTRACED },
  });
  assert(events.api !== undefined);
  const server = createServer("127.0.0.1", 0, withApi(events.api), withIdempotency(idempotency));
  return { events, server, metrics };
}

Deno.test("eventsModule mounts the webhook API with its own OpenAPI document", async () => {
  await using database = await openEventDatabase();
  const { events: { api }, server } = mount(database.pool);
  assertEquals(api?.name, "webhook");
  const response = await server.fetch(new Request("http://localhost/openapi/webhook.json"));
  const { paths } = await response.json();
  assertEquals(Object.keys(paths).filter((path) => path.startsWith("/v1/")), [
    "/v1/webhooks",
    "/v1/webhooks/{id}",
    "/v1/webhooks/{id}/test",
    "/v1/webhooks/{id}/rotate-secret",
    "/v1/webhooks/{id}/enable",
    "/v1/webhooks/{id}/deliveries",
    "/v1/webhooks/{id}/deliveries/{deliveryId}/retry",
  ]);
});

Deno.test("eventsModule runs a worker beside requests unless WORKER=off, and always for `worker`", async () => {
  await using database = await openEventDatabase();
  assertEquals(mount(database.pool).events.background?.inline, true);
  assertEquals(mount(database.pool, { WORKER: "inline" }).events.background?.inline, true);
  const { background } = mount(database.pool, { WORKER: "off" }).events;
  assertEquals([background?.inline, eventsModule.hasBackground], [false, true]);
});

Deno.test("eventsModule reports every invalid setting of its own at once", () => {
  const wrong = {
    WORKER: "on",
    OUTBOX_POLL_INTERVAL: "never",
    WORKER_CONCURRENCY: "many",
    WEBHOOK_ALLOW_PRIVATE: "1",
    WEBHOOK_TIMEOUT: "0s",
    WEBHOOK_RETENTION: "-1h",
    NATS_URL: "broker",
    NATS_STREAM: "a.b",
  };
  const { errors } = assertThrows(() => configOf(wrong), ConfigError);
  assertEquals(errors.map(({ variable }) => variable).toSorted(), Object.keys(wrong).toSorted());
  // Without the module its variables are not read.
  assertEquals(configOf(wrong, [shopModule]).services.map(({ name }) => name), ["shop"]);
});

Deno.test("eventsModule lists every setting that it reads", () => {
  const reader = new EnvironmentReader(() => undefined);
  eventsModule.configure(reader);
  const listed = eventsModule.settings?.settings.map(({ name }) => name) ?? [];
  assertEquals([...reader.values.keys()].toSorted(), listed.toSorted());
});

Deno.test("eventsModule refuses two services that publish the same type", async () => {
  await using database = await openEventDatabase();
  const other = { ...shopModule, name: "other_shop" };
  assertThrows(
    () => mount(database.pool, {}, [eventsModule, shopModule, other]),
    Error,
    'Two services publish events of the type "basket.opened"',
  );
});

Deno.test("eventsModule delivers events of a service, measures deliveries, and retries one at once on request", async () => {
  await using database = await openEventDatabase();
  const { pool } = database;
  const { events, server, metrics } = mount(pool, {
    WEBHOOK_ALLOW_PRIVATE: "true",
    // Longer than the test, so that only notifications wake the worker.
    OUTBOX_POLL_INTERVAL: "60s",
  });
  await using receiver = new WebhookReceiver(newSigningSecret());
  const body = { url: receiver.url, eventTypes: ["order.placed"] };
  const { data } = await call(server, "POST /v1/webhooks", { body });
  receiver.secret = String(data["secret"]);
  await using work = await events.background?.open();
  await appendEvents(pool, [{ stream: "order-1" }]);
  assertEquals(receiver.received, []);
  work?.start();
  await receiver.until(({ length }) => length === 1);
  const list = `/v1/webhooks/${data["id"]}/deliveries`;
  let [delivery] = (await call(server, `GET ${list}`)).items;
  while (delivery?.["state"] !== "delivered") [delivery] = (await call(server, `GET ${list}`)).items;
  assertEquals((await call(server, `POST ${list}/${delivery["id"]}/retry`)).status, 202);
  const begun = performance.now();
  await receiver.until(({ length }) => length === 2);
  assert(performance.now() - begun < 30_000);
  assertEquals([new Set(receiver.ids).size, receiver.complaints], [1, []]);
  const text = await metrics.text();
  assert(text.includes('archway_webhook_attempts_total{outcome="delivered"}'), text);
  assert(text.includes("archway_outbox_relayed_total 1\n"), text);
});
