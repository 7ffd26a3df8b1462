import { Buffer } from "node:buffer";
import { v7 as newId } from "uuid";
import type { ConnectionPool } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { appendEvents } from "../outbox/testing/append_events.ts";
import { EVENT_MIGRATIONS } from "../testing/event_databases.ts";
import { SHOP_PROGRAM } from "../testing/shop_program.ts";
import { newSigningSecret } from "../webhooks/delivery/signing_secret.ts";
import { EncryptionKeyRing } from "@archway/service_kit/signing.ts";
import { compare, type Result } from "@archway/tools/bench/compare.ts";
import type { HttpServerProcess } from "@archway/tools/bench/http_server_process.ts";
import type { Sample } from "@archway/tools/bench/metrics.ts";
import { processorTime } from "@archway/tools/bench/processor_time.ts";
import { startService } from "@archway/tools/bench/programs.ts";
import { residentMegabytes } from "@archway/tools/bench/resident_memory.ts";
import { loadSettings, type Scenario, type Tables } from "@archway/tools/bench/scenario.ts";
import type { BenchRun } from "@archway/tools/bench/bench_run.ts";
import { startBenchDatabase } from "@archway/tools/bench/start_bench_database.ts";

type WebhookRun = BenchRun<"rounds" | "webhooks">;

/** Number of webhooks that the large number is compared with. */
const FEW = 10;

/** Time in which the processor time without events is measured, in milliseconds. */
const IDLE_MS = 10_000;

/** Owner of all webhooks but one, and of that one. */
const OWNERS = { crowd: "crowd", single: "ann" } as const;

const { rounds } = loadSettings({ rounds: 3, seconds: 0, connections: 1 });

const webhooks: Scenario<"rounds" | "webhooks"> = {
  name: "webhooks",
  description: "deliveries with a few webhooks and with many",
  parts: ["webhooks"],
  settings: {
    rounds: { ...rounds, help: "rounds of ten events to one webhook" },
    webhooks: { default: 10_000, min: 10, max: 100_000, whole: true, help: "webhooks of one owner" },
  },
  measure: measureWebhooks,
};

/** Scenarios of webhooks. */
export const scenarios: readonly Scenario[] = [webhooks];

/** A program that delivers events to so many webhooks of one owner, and to a single one of another. */
interface Shop {
  readonly webhooks: number;
  readonly server: HttpServerProcess;
  readonly pool: ConnectionPool;
}

/** Receiver of all webhooks, in this process. */
class Receiver implements AsyncDisposable {
  readonly #server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen(): void {} }, async (request) => {
    await request.body?.cancel();
    if (--this.#awaited === 0) this.#received.resolve(performance.now());
    return new Response(null, { status: 204 });
  });
  #awaited = 0;
  #received = Promise.withResolvers<number>();

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/hook`;
  }

  /** Resolves with the time of the last one of so many requests. */
  expect(requests: number): Promise<number> {
    this.#awaited = requests;
    this.#received = Promise.withResolvers();
    return this.#received.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** Programs with a few webhooks and with many: without events, with an event to one, and with an event to all. */
async function measureWebhooks(run: WebhookRun): Promise<Tables> {
  const receiver = run.stack.use(new Receiver());
  const shops = [await open(run, FEW, receiver.url), await open(run, run.settings.webhooks, receiver.url)];
  const measured = async (
    row: string,
    measure: (shop: Shop) => Promise<Sample>,
    rounds: number,
  ): Promise<readonly Result[]> => {
    const variants = shops.map((shop) => ({
      name: shop.webhooks.toLocaleString("en"),
      warmsUp: false,
      measure: async () => ({
        ...await measure(shop),
        memoryAfterLoad: await residentMegabytes(shop.server.pid),
      }),
    }));
    const settings = { ...run.settings, rounds };
    const compared = ["deliveryTime", "processorTime", "idleTime", "memoryAfterLoad"] as const;
    return await compare({ ...run, settings }, variants, { row, compared });
  };
  const { settings: { rounds } } = run;
  return {
    "": [
      ...await measured("without events", idle, 1),
      ...await measured("an event to one", (shop) => deliver(shop, receiver, "single"), rounds * 10),
      ...await measured("an event to all", (shop) => deliver(shop, receiver, "crowd"), 1),
    ],
  };
}

async function open(run: WebhookRun, webhooks: number, url: string): Promise<Shop> {
  const secret = crypto.randomUUID();
  const secrets = new EncryptionKeyRing([secret], "webhook secret");
  const { database } = await startBenchDatabase(run, {
    fill: async (instance) => {
      await using pool = openPool({ primary: instance, replicas: [] });
      await pool.migrate(EVENT_MIGRATIONS);
      await addWebhooks(pool, { owner: OWNERS.crowd, type: "order.cancelled", webhooks, url, secrets });
      await addWebhooks(pool, { owner: OWNERS.single, type: "order.placed", webhooks: 1, url, secrets });
      return [];
    },
  });
  const env = { HMAC_SECRET: secret, WEBHOOK_ALLOW_PRIVATE: "true" };
  const server = await startService(database, run, { main: SHOP_PROGRAM, env });
  return { webhooks, server, pool: run.stack.use(openPool({ primary: database, replicas: [] })) };
}

async function addWebhooks(
  pool: ConnectionPool,
  { owner, type, webhooks, url, secrets }: {
    readonly owner: string;
    readonly type: string;
    readonly webhooks: number;
    readonly url: string;
    readonly secrets: EncryptionKeyRing;
  },
): Promise<void> {
  const ids = Array.from({ length: webhooks }, () => newId());
  const signing = newSigningSecret();
  const encrypted = ids.map((id) => Buffer.from(secrets.encrypt(signing, id)).toString("hex"));
  await pool.writer().query(
    `insert into webhook_endpoints (id, owner, url, event_types, sealed_secret, pace, created_at)
      select id, $3, $4, array[$5], decode(encrypted, 'hex'), 'quick', now()
      from unnest($1::uuid[], $2::text[]) as w (id, encrypted)`,
    [ids, encrypted, owner, url, type],
  );
  await pool.writer().query("analyze webhook_endpoints");
}

async function idle({ server: { pid } }: Shop): Promise<Sample> {
  const begun = await processorTime(pid) ?? NaN;
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  return { idleTime: (await processorTime(pid) ?? NaN) * 60_000 / IDLE_MS - begun * 60_000 / IDLE_MS };
}

/** Appends an event, and waits for the last delivery. */
async function deliver(
  { server: { pid }, pool, webhooks }: Shop,
  receiver: Receiver,
  owner: keyof typeof OWNERS,
): Promise<Sample> {
  const deliveries = owner === "single" ? 1 : webhooks;
  const received = receiver.expect(deliveries);
  const before = await processorTime(pid) ?? NaN;
  const begun = performance.now();
  await appendEvents(pool, [{
    stream: `order-${newId()}`,
    type: owner === "single" ? "order.placed" : "order.cancelled",
    data: { buyer: OWNERS[owner] },
  }]);
  const deliveryTime = (await received - begun) * 1000;
  // The outcome is stored behind the response.
  await new Promise((resolve) => setTimeout(resolve, 200));
  // One delivery is shorter than the resolution of the processor time.
  if (deliveries === 1) return { deliveryTime };
  return { deliveryTime, processorTime: ((await processorTime(pid) ?? NaN) - before) / deliveries };
}
