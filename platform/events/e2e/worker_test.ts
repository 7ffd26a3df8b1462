import { assert, assertEquals, assertMatch } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { appendEvents } from "../outbox/testing/append_events.ts";
import { readStream } from "../broker/testing/read_stream.ts";
import { EVENT_MIGRATIONS } from "../testing/event_databases.ts";
import { SHOP_PROGRAM } from "../testing/shop_program.ts";
import { WorkerHarness } from "../worker/testing/worker_harness.ts";
import { startNats } from "@archway/tools/support/nats/start_nats.ts";
import { testWithNats } from "@archway/tools/support/nats/test_with_nats.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { errorLines } from "@archway/tools/support/error_lines.ts";
import { OtlpCollector } from "@archway/tools/support/otlp_collector.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, untilReady } from "@archway/tools/support/program.ts";

/** A program without the example services. */
const SHOP = { main: SHOP_PROGRAM };
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";

interface Setting extends AsyncDisposable {
  readonly harness: WorkerHarness;
  readonly environment: Readonly<Record<string, string>>;
  readonly instance: InstanceConfig;
}

async function open(): Promise<Setting> {
  await using stack = new AsyncDisposableStack();
  const { instance } = stack.use(await useTestDatabase({ migrations: EVENT_MIGRATIONS }));
  const pool = stack.use(openPool({ primary: instance, replicas: [] }));
  const harness = stack.use(new WorkerHarness(pool));
  const environment = {
    ...postgresEnvironment(instance),
    WEBHOOK_ALLOW_PRIVATE: "true",
    OUTBOX_POLL_INTERVAL: "100ms",
  };
  const opened = stack.move();
  return { harness, environment, instance, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** Whether a worker reports readiness on its admin port. */
async function works(metricsUrl: string): Promise<boolean> {
  const response = await fetch(metricsUrl.replace("/metrics", "/readyz"));
  await response.body?.cancel();
  return response.ok;
}

async function untilWorks(metricsUrl: string): Promise<void> {
  while (!await works(metricsUrl)) await new Promise((resolve) => setTimeout(resolve, 20));
}

Deno.test("archway worker repeats deliveries that were not recorded before it was killed, with the same id", async () => {
  await using setting = await open();
  const { harness, environment } = setting;
  const { receiver } = await harness.addReceiver();
  const sent = new Map<string, number>();
  for (let round = 1; round <= 3; round++) {
    await using program = new Program(environment, ["worker"], SHOP);
    const killed = Promise.withResolvers<void>();
    receiver.respond = async ({ webhookId }): Promise<number> => {
      sent.set(webhookId, (sent.get(webhookId) ?? 0) + 1);
      if (sent.size < 3 * round) return 200;
      // Kills the worker before it records the delivery.
      await program.kill();
      killed.resolve();
      return 200;
    };
    await appendEvents(
      harness.pool,
      Array.from({ length: 5 }, (_, index) => ({ stream: `order-${round}-${index}` })),
    );
    await killed.promise;
    // Makes the deliveries due before their leases expire.
    await harness.pool.writer().query("update webhook_lanes set due_at = now()");
  }
  receiver.respond = () => 200;
  await using program = new Program(environment, ["worker"], SHOP);
  await harness.untilSettled();
  const { code, stderr } = await program.stop();
  assertEquals([code, errorLines(stderr)], [0, []]);
  assertEquals(receiver.complaints, []);
  assertEquals(new Set(receiver.ids).size, 15);
  assert(receiver.received.length > 15, "No delivery was repeated");
  assertEquals(new Set((await harness.deliveries()).map(({ state }) => state)), new Set(["delivered"]));
});

Deno.test("archway worker shares the work with others and preserves the order of every stream", async () => {
  await using setting = await open();
  const { harness, environment } = setting;
  const { receiver } = await harness.addReceiver();
  const watched = { ...environment, ADMIN_PORT: "0" };
  await using first = new Program(watched, ["worker"], SHOP);
  await using second = new Program(watched, ["worker"], SHOP);
  await using service = new Program(environment, [], SHOP);
  await using idle = new Program({ ...environment, WORKER: "off" }, [], SHOP);
  // A program that is still loading does not handle the signal that ends it.
  await Promise.all([first, second].map(async ({ metricsUrl }) => await untilWorks(await metricsUrl)));
  await Promise.all([service, idle].map(async (program) => await untilReady(await program.url)));
  for (let round = 0; round < 10; round++) {
    await appendEvents(
      harness.pool,
      Array.from({ length: 30 }, (_, index) => ({ stream: `order-${index % 6}` })),
    );
  }
  await receiver.until(({ length }) => length >= 300);
  await harness.untilSettled();
  for (const program of [first, second, service, idle]) {
    const { code, stderr } = await program.stop();
    assertEquals([code, errorLines(stderr)], [0, []]);
  }
  assertEquals([receiver.received.length, new Set(receiver.ids).size], [300, 300]);
  for (const [stream, events] of Map.groupBy(receiver.received, ({ id }) => id.split("@")[0])) {
    const versions = events.map(({ id }) => Number(id.split("@")[1]));
    assertEquals(versions, versions.toSorted((a, b) => a - b), stream);
  }
});

Deno.test("archway with WORKER=off leaves events to others", async () => {
  await using setting = await open();
  const { harness, environment } = setting;
  const { receiver } = await harness.addReceiver();
  await using service = new Program({ ...environment, WORKER: "off" }, [], SHOP);
  await untilReady(await service.url);
  await appendEvents(harness.pool, [{ stream: "order-1" }]);
  const { code } = await service.stop();
  assertEquals([code, receiver.received.length, (await harness.deliveries()).length], [0, 0, 0]);
  await using worker = new Program(environment, ["worker"], SHOP);
  await harness.untilSettled();
  assertEquals([receiver.received.length, (await worker.stop()).code], [1, 0]);
});

Deno.test("archway worker ends deliveries in flight on SIGTERM, and releases the others", async () => {
  await using setting = await open();
  const { harness, environment } = setting;
  const { receiver } = await harness.addReceiver();
  await using program = new Program({ ...environment, ADMIN_PORT: "0" }, ["worker"], SHOP);
  const metrics = await program.metricsUrl;
  await untilWorks(metrics);
  const asked = Promise.withResolvers<void>();
  receiver.respond = async (): Promise<number> => {
    asked.resolve();
    while (await works(metrics).catch(() => false)) await new Promise((resolve) => setTimeout(resolve, 20));
    return 200;
  };
  await appendEvents(harness.pool, [{ stream: "order-1" }, { stream: "order-1" }]);
  await asked.promise;
  const { code, stderr } = await program.stop();
  assertEquals([code, errorLines(stderr)], [0, []]);
  assertEquals((await harness.deliveries()).map(({ state, attempts }) => [state, attempts]), [
    ["delivered", 1],
    ["pending", 0],
  ]);
  const { rows } = await harness.pool.writer().query("select 1 from webhook_lanes where lease is null");
  assertEquals(rows.length, 1);
});

Deno.test("archway worker links its spans to those of the requests in other processes that caused them", async () => {
  await using setting = await open();
  const { harness, environment } = setting;
  const { receiver } = await harness.addReceiver();
  const metadata = { traceparent: `00-${TRACE}-${PARENT}-01` };
  const unrecorded = { traceparent: `00-${TRACE}-${PARENT}-00` };
  await appendEvents(harness.pool, [{ stream: "order-1", metadata }]);
  await appendEvents(harness.pool, [{ stream: "order-2", metadata: unrecorded }]);
  await using collector = new OtlpCollector();
  receiver.respond = (_, count) => count === 1 ? 503 : 200;
  await using program = new Program({ ...environment, ...collector.environment }, ["worker"], SHOP);
  while ((await harness.deliveries()).reduce((sum, { attempts }) => sum + attempts, 0) < 2) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await harness.pool.writer().query("update webhook_lanes set due_at = now()");
  await harness.untilSettled();
  const { code, stderr } = await program.stop();
  assertEquals([code, errorLines(stderr)], [0, []]);
  const own = collector.spans.filter(({ name }) => /^(relay events|POST webhook)$/.test(name));
  const relays = own.filter(({ name }) => name === "relay events");
  const posts = own.filter(({ name }) => name === "POST webhook");
  assertEquals(relays.length, 1);
  assert(posts.length === 1 || posts.length === 2, `${posts.length} attempts`);
  for (const span of own) {
    assertEquals(span.links.map(({ traceId, spanId }) => [traceId, spanId]), [[TRACE, PARENT]]);
    assert(span.traceId !== TRACE && span.parentSpanId === "");
  }
  assertMatch(String(posts[0]?.attributes["archway.outcome"]), /^(delivered|status)$/);
  // Spans of statements have the span of the work as parent.
  assert(collector.spans.some(({ parentSpanId }) => parentSpanId === relays[0]?.spanId));
  assert(!collector.text.includes(receiver.url));
});

testWithNats(
  "archway worker publishes events in a span that is linked to the request's, and sends its trace context",
  async () => {
    await using nats = await startNats({ user: { name: "archway", password: "planted" } });
    await using setting = await open();
    const { harness, environment } = setting;
    const metadata = { traceparent: `00-${TRACE}-${PARENT}-01` };
    const [id] = await harness.ids(await appendEvents(harness.pool, [{ stream: "order-1", metadata }]));
    await using collector = new OtlpCollector();
    const settings = { ...environment, ...collector.environment, NATS_URL: nats.url, NATS_STREAM: "events" };
    await using program = new Program(settings, ["worker"], SHOP);
    const waiting = "select position from outbox union all select position from broker_messages";
    while ((await harness.pool.writer().query(waiting)).rowCount > 0) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const { code, stdout, stderr } = await program.stop();
    assertEquals([code, errorLines(stderr)], [0, []]);
    const [published] = collector.spans.filter(({ name }) => name === "publish event");
    assertEquals(published?.links.map(({ traceId, spanId }) => [traceId, spanId]), [[TRACE, PARENT]]);
    assertEquals([published?.kind, published?.attributes["archway.outcome"]], [4, "published"]);
    const stored = await readStream(nats, "events");
    assertEquals(stored.map(({ id, traceparent }) => [id, traceparent]), [
      [id, `00-${published?.traceId}-${published?.spanId}-01`],
    ]);
    assert(!(stdout + stderr + collector.text).includes("planted"));
  },
);
