import { assertEquals } from "@std/assert";
import { appendEvents } from "../outbox/testing/append_events.ts";
import { DATABASE_NAMES } from "../testing/event_databases.ts";
import type { TestEndpoint } from "../webhooks/testing/add_endpoint.ts";
import type { Answer, WebhookReceiver } from "../webhooks/testing/webhook_receiver.ts";
import { WorkerStage } from "./testing/worker_stage.ts";

/** More than any test takes: what is held is held until the test lets it go. */
const PATIENT = { timeoutMs: 600_000 };

/** Receivers that answer when the test lets them, or ends. */
class Holding implements Disposable {
  readonly receivers: WebhookReceiver[] = [];
  readonly #release = Promise.withResolvers<number>();
  readonly answer: Answer = () => this.#release.promise;

  async add(stage: WorkerStage, count: number, options: Partial<TestEndpoint> = {}): Promise<void> {
    for (let index = 0; index < count; index++) {
      const { receiver } = await stage.receive(options);
      receiver.answer = this.answer;
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
  stage: WorkerStage,
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
  await appendEvents(stage.pool, events.flat());
}

for (const name of DATABASE_NAMES) {
  Deno.test(`EventWorker tells a new endpoint of everything while slow ones hold what they were told (${name})`, async () => {
    await using stage = await WorkerStage.open(name);
    using slow = new Holding();
    // More than places by four.
    await slow.add(stage, 4);
    const { receiver } = await stage.receive();
    await happen(stage, 24);
    stage.work({ concurrency: 8, webhooks: PATIENT });
    await receiver.until(({ length }) => length === 24);
    await slow.until(4);
  });
}

Deno.test("EventWorker tells an endpoint that is known to be quick, however many others are slow", async () => {
  await using stage = await WorkerStage.open();
  using slow = new Holding();
  await slow.add(stage, 20);
  await slow.add(stage, 20, { pace: "slow" });
  const { receiver } = await stage.receive({ pace: "quick" });
  await happen(stage, 24);
  stage.work({ concurrency: 8, webhooks: PATIENT });
  await receiver.until(({ length }) => length === 24);
  await slow.until(6);
});

Deno.test("EventWorker keeps endpoints that are known to be slow to half of its places", async () => {
  await using stage = await WorkerStage.open();
  using slow = new Holding();
  await slow.add(stage, 20, { pace: "slow" });
  await happen(stage, 3, { prefix: "before" });
  stage.work({ concurrency: 8, webhooks: PATIENT });
  await slow.until(4);
  // Nobody knows yet how quick it is.
  const { receiver } = await stage.receive();
  await happen(stage, 24);
  await receiver.until(({ length }) => length === 24);
  assertEquals(slow.held, 4);
});

Deno.test("EventWorker leaves half of its places to others than the owner of many endpoints", async () => {
  await using stage = await WorkerStage.open();
  const buyers = ["ada", "bob"];
  using slow = new Holding();
  // They were quick until now.
  await slow.add(stage, 20, { owner: "ada", pace: "quick" });
  const { receiver } = await stage.receive({ owner: "bob" });
  await happen(stage, 24, { buyers });
  stage.work({ concurrency: 8, webhooks: PATIENT });
  await receiver.until(({ length }) => length === 24);
  await slow.until(4);
});

Deno.test("EventWorker tells the quick endpoint of an owner whose other ones are all slow", async () => {
  await using stage = await WorkerStage.open();
  const buyers = ["ada"];
  using slow = new Holding();
  await slow.add(stage, 19, { owner: "ada" });
  const { receiver } = await stage.receive({ owner: "ada", pace: "quick" });
  await happen(stage, 24, { buyers });
  stage.work({ concurrency: 8, webhooks: PATIENT });
  await receiver.until(({ length }) => length === 24);
  await slow.until(2);
});

Deno.test("EventWorker learns which endpoints are slow, and which are not any more", async () => {
  await using stage = await WorkerStage.open();
  const { receiver } = await stage.receive();
  const pace = async (): Promise<string | undefined> => {
    const { rows } = await stage.pool.writer().query<{ pace: string }>("select pace from webhook_endpoints");
    return rows[0]?.pace;
  };
  assertEquals(await pace(), "unknown");
  {
    using slow = new Holding();
    receiver.answer = slow.answer;
    await happen(stage, 1);
    const worker = stage.work({ webhooks: { timeoutMs: 100 } });
    while (await pace() !== "slow") await pause();
    await worker[Symbol.asyncDispose]();
  }
  receiver.answer = () => 200;
  await stage.pool.writer().query("update webhook_lanes set due_at = now()");
  stage.work({ webhooks: PATIENT });
  await stage.untilSettled();
  while (await pace() !== "quick") await pause();
});

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 10));
}
