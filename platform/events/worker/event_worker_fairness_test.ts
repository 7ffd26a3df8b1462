import { assertEquals } from "@std/assert";
import { appendEvents } from "../outbox/testing/append_events.ts";
import { DATABASE_NAMES } from "../testing/event_databases.ts";
import type { TestEndpoint } from "../webhooks/testing/add_endpoint.ts";
import type { Responder, WebhookReceiver } from "../webhooks/testing/webhook_receiver.ts";
import { WorkerHarness } from "./testing/worker_harness.ts";

/** More than any test takes: what is held is held until the test lets it go. */
const PATIENT = { timeoutMs: 600_000 };

/** Receivers that answer when the test lets them, or ends. */
class Holding implements Disposable {
  readonly receivers: WebhookReceiver[] = [];
  readonly #release = Promise.withResolvers<number>();
  readonly respond: Responder = () => this.#release.promise;

  async add(harness: WorkerHarness, count: number, options: Partial<TestEndpoint> = {}): Promise<void> {
    for (let index = 0; index < count; index++) {
      const { receiver } = await harness.receive(options);
      receiver.respond = this.respond;
      this.receivers.push(receiver);
    }
  }

  /** How many attempts they hold: none has been answered. */
  get held(): number {
    return this.receivers.reduce((sum, { received }) => sum + received.length, 0);
  }

  /** Resolves when they hold so many, which are all that they may. */
  async until(most: number): Promise<void> {
    while (this.held < most) await pause();
    assertEquals(this.held, most);
  }

  [Symbol.dispose](): void {
    this.#release.resolve(200);
  }
}

/** Appends events in so many streams for each buyer: by default, one without an owner. */
async function happen(
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
  Deno.test(`EventWorker tells a new endpoint of everything while slow ones hold what they were told (${name})`, async () => {
    await using harness = await WorkerHarness.open(name);
    using slow = new Holding();
    // More than places by four.
    await slow.add(harness, 4);
    const { receiver } = await harness.receive();
    await happen(harness, 24);
    harness.work({ concurrency: 8, webhooks: PATIENT });
    await receiver.until(({ length }) => length === 24);
    await slow.until(4);
  });
}

Deno.test("EventWorker tells an endpoint that is known to be quick, however many others are slow", async () => {
  await using harness = await WorkerHarness.open();
  using slow = new Holding();
  await slow.add(harness, 20);
  await slow.add(harness, 20, { latency: "slow" });
  const { receiver } = await harness.receive({ latency: "quick" });
  await happen(harness, 24);
  harness.work({ concurrency: 8, webhooks: PATIENT });
  await receiver.until(({ length }) => length === 24);
  await slow.until(6);
});

Deno.test("EventWorker keeps endpoints that are known to be slow to half of its places", async () => {
  await using harness = await WorkerHarness.open();
  using slow = new Holding();
  await slow.add(harness, 20, { latency: "slow" });
  await happen(harness, 3, { prefix: "before" });
  harness.work({ concurrency: 8, webhooks: PATIENT });
  await slow.until(4);
  // Nobody knows yet how quick it is.
  const { receiver } = await harness.receive();
  await happen(harness, 24);
  await receiver.until(({ length }) => length === 24);
  assertEquals(slow.held, 4);
});

Deno.test("EventWorker leaves half of its places to others than the owner of many endpoints", async () => {
  await using harness = await WorkerHarness.open();
  const buyers = ["ada", "bob"];
  using slow = new Holding();
  // They were quick until now.
  await slow.add(harness, 20, { owner: "ada", latency: "quick" });
  const { receiver } = await harness.receive({ owner: "bob" });
  await happen(harness, 24, { buyers });
  harness.work({ concurrency: 8, webhooks: PATIENT });
  await receiver.until(({ length }) => length === 24);
  await slow.until(4);
});

Deno.test("EventWorker tells the quick endpoint of an owner whose other ones are all slow", async () => {
  await using harness = await WorkerHarness.open();
  const buyers = ["ada"];
  using slow = new Holding();
  await slow.add(harness, 19, { owner: "ada" });
  const { receiver } = await harness.receive({ owner: "ada", latency: "quick" });
  await happen(harness, 24, { buyers });
  harness.work({ concurrency: 8, webhooks: PATIENT });
  await receiver.until(({ length }) => length === 24);
  await slow.until(2);
});

Deno.test("EventWorker learns which endpoints are slow, and which are not any more", async () => {
  await using harness = await WorkerHarness.open();
  const { receiver } = await harness.receive();
  const pace = async (): Promise<string | undefined> => {
    const { rows } = await harness.pool.writer().query<{ pace: string }>(
      "select pace from webhook_endpoints",
    );
    return rows[0]?.pace;
  };
  assertEquals(await pace(), "unknown");
  {
    using slow = new Holding();
    receiver.respond = slow.respond;
    await happen(harness, 1);
    const worker = harness.work({ webhooks: { timeoutMs: 100 } });
    while (await pace() !== "slow") await pause();
    await worker[Symbol.asyncDispose]();
  }
  receiver.respond = () => 200;
  await harness.pool.writer().query("update webhook_lanes set due_at = now()");
  harness.work({ webhooks: PATIENT });
  await harness.untilSettled();
  while (await pace() !== "quick") await pause();
});

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 10));
}
