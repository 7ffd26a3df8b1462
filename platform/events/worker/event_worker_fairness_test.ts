import { assertEquals } from "@std/assert";
import { appendEvents } from "../outbox/testing/append_events.ts";
import { DATABASE_NAMES } from "../testing/event_databases.ts";
import type { TestEndpoint } from "../webhooks/testing/add_endpoint.ts";
import type { Responder, WebhookReceiver } from "../webhooks/testing/webhook_receiver.ts";
import { WorkerHarness } from "./testing/worker_harness.ts";

/** Longer than any test, so that attempts end only when the test lets them. */
const LONG_TIMEOUT = { timeoutMs: 600_000 };

/** Receivers that respond when this is disposed of. */
class SlowReceivers implements Disposable {
  readonly receivers: WebhookReceiver[] = [];
  readonly #release = Promise.withResolvers<number>();
  readonly respond: Responder = () => this.#release.promise;

  async add(harness: WorkerHarness, count: number, options: Partial<TestEndpoint> = {}): Promise<void> {
    for (let index = 0; index < count; index++) {
      const { receiver } = await harness.addReceiver(options);
      receiver.respond = this.respond;
      this.receivers.push(receiver);
    }
  }

  /** Number of attempts without a response. */
  get held(): number {
    return this.receivers.reduce((sum, { received }) => sum + received.length, 0);
  }

  /** Resolves when the number of attempts reaches a limit, and asserts that it does not exceed it. */
  async until(limit: number): Promise<void> {
    while (this.held < limit) await pause();
    assertEquals(this.held, limit);
  }

  [Symbol.dispose](): void {
    this.#release.resolve(200);
  }
}

/** Appends one event to each of a number of streams per buyer; without buyers, the events have no owner. */
async function append(
  harness: WorkerHarness,
  count: number,
  { prefix = "order", buyers = [null] }: {
    readonly prefix?: string;
    readonly buyers?: readonly (string | null)[];
  } = {},
): Promise<void> {
  const events = Array.from(
    { length: count },
    (_, index) => buyers.map((buyer) => ({ stream: `${prefix}-${index}-${buyer}`, data: { buyer } })),
  );
  await appendEvents(harness.pool, events.flat());
}

for (const name of DATABASE_NAMES) {
  Deno.test(`EventWorker delivers everything to a new endpoint while slow ones block (${name})`, async () => {
    await using harness = await WorkerHarness.open(name);
    using slow = new SlowReceivers();
    // With four keys each, they would exceed the concurrency limit.
    await slow.add(harness, 4);
    const { receiver } = await harness.addReceiver();
    await append(harness, 24);
    harness.startWorker({ concurrency: 8, webhooks: LONG_TIMEOUT });
    await receiver.until(({ length }) => length === 24);
    await slow.until(4);
  });
}

Deno.test("EventWorker delivers to a quick endpoint however many others are slow", async () => {
  await using harness = await WorkerHarness.open();
  using slow = new SlowReceivers();
  await slow.add(harness, 20);
  await slow.add(harness, 20, { latency: "slow" });
  const { receiver } = await harness.addReceiver({ latency: "quick" });
  await append(harness, 24);
  harness.startWorker({ concurrency: 8, webhooks: LONG_TIMEOUT });
  await receiver.until(({ length }) => length === 24);
  await slow.until(6);
});

Deno.test("EventWorker limits slow endpoints to half of its concurrency", async () => {
  await using harness = await WorkerHarness.open();
  using slow = new SlowReceivers();
  await slow.add(harness, 20, { latency: "slow" });
  await append(harness, 3, { prefix: "before" });
  harness.startWorker({ concurrency: 8, webhooks: LONG_TIMEOUT });
  await slow.until(4);
  // Its latency class is unknown.
  const { receiver } = await harness.addReceiver();
  await append(harness, 24);
  await receiver.until(({ length }) => length === 24);
  assertEquals(slow.held, 4);
});

Deno.test("EventWorker limits one owner of many endpoints to half of its concurrency", async () => {
  await using harness = await WorkerHarness.open();
  const buyers = ["ada", "bob"];
  using slow = new SlowReceivers();
  // Quick so far.
  await slow.add(harness, 20, { owner: "ada", latency: "quick" });
  const { receiver } = await harness.addReceiver({ owner: "bob" });
  await append(harness, 24, { buyers });
  harness.startWorker({ concurrency: 8, webhooks: LONG_TIMEOUT });
  await receiver.until(({ length }) => length === 24);
  await slow.until(4);
});

Deno.test("EventWorker delivers to a quick endpoint of an owner whose other endpoints are all slow", async () => {
  await using harness = await WorkerHarness.open();
  const buyers = ["ada"];
  using slow = new SlowReceivers();
  await slow.add(harness, 19, { owner: "ada" });
  const { receiver } = await harness.addReceiver({ owner: "ada", latency: "quick" });
  await append(harness, 24, { buyers });
  harness.startWorker({ concurrency: 8, webhooks: LONG_TIMEOUT });
  await receiver.until(({ length }) => length === 24);
  await slow.until(2);
});

Deno.test("EventWorker updates the latency class of endpoints", async () => {
  await using harness = await WorkerHarness.open();
  const { receiver } = await harness.addReceiver();
  const pace = async (): Promise<string | undefined> => {
    const { rows } = await harness.pool.writer().query<{ pace: string }>(
      "select pace from webhook_endpoints",
    );
    return rows[0]?.pace;
  };
  assertEquals(await pace(), "unknown");
  {
    using slow = new SlowReceivers();
    receiver.respond = slow.respond;
    await append(harness, 1);
    const worker = harness.startWorker({ webhooks: { timeoutMs: 100 } });
    while (await pace() !== "slow") await pause();
    await worker[Symbol.asyncDispose]();
  }
  receiver.respond = () => 200;
  await harness.pool.writer().query("update webhook_lanes set due_at = now()");
  harness.startWorker({ webhooks: LONG_TIMEOUT });
  await harness.untilSettled();
  while (await pace() !== "quick") await pause();
});

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 10));
}
