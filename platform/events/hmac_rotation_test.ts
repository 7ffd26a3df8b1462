import { assertEquals } from "@std/assert";
import { EncryptionKeyRing } from "@archway/service_kit/signing.ts";
import { serviceServer } from "@archway/tools/support/service_server.ts";
import { eventsModule } from "./module.ts";
import { appendEvents } from "./outbox/testing/append_events.ts";
import { shopModule } from "./testing/shop_module.ts";
import { Sweeper } from "./webhooks/delivery/sweeper.ts";
import { call } from "./webhooks/testing/call.ts";
import { WorkerHarness } from "./worker/testing/worker_harness.ts";

const OLD = "an old secret of more than 32 bytes for a test";
const NEW = "a new secret of more than 32 bytes for a test";

type Secrets = readonly [string, ...string[]];

/** Results of what one instance does with what another one has signed and encrypted. */
interface Outcome {
  readonly cursor: number;
  readonly token: number;
  readonly lastError: string | null;
}

/** Lets `first` create a webhook and maintain all of them, and `second` continue its list and deliver an event to it. */
async function share(harness: WorkerHarness, first: Secrets, second: Secrets): Promise<Outcome> {
  const { pool } = harness;
  const services = [eventsModule, shopModule];
  const [one, other] = [first, second].map((hmacSecrets) => serviceServer(pool, { services, hmacSecrets }));
  if (one === undefined || other === undefined) throw new Error("unreachable");
  const body = { url: "https://93.184.216.34/hook", eventTypes: ["order.placed"] };
  const created = await call(one, "POST /v1/webhooks", { body });
  await call(one, "POST /v1/webhooks", { body });
  const { meta } = await call(one, "GET /v1/webhooks?limit=1");
  const headers = { "Consistency-Token": created.headers.get("Consistency-Token") ?? "" };
  const cursor = await call(other, `GET /v1/webhooks?limit=1&after=${meta.nextCursor}`);
  const token = await call(other, `GET /v1/webhooks/${created.data["id"]}`, { headers });
  const keys = new EncryptionKeyRing(first, "webhook secret");
  await new Sweeper({ database: pool, secrets: keys, nowMs: Date.now, retentionMs: 3_600_000 }).step();
  const { rows: [stored] } = await pool.writer().query<{ sealed_secret: Uint8Array }>(
    "select sealed_secret from webhook_endpoints where id = $1",
    [String(created.data["id"])],
  );
  // A receiver of this test takes the place of the one on the internet.
  const { receiver } = await harness.addReceiver();
  receiver.secret = keys.decrypt(stored?.sealed_secret ?? new Uint8Array(), String(created.data["id"])) ?? "";
  await pool.writer().query("delete from webhook_endpoints where id <> $1", [String(created.data["id"])]);
  await pool.writer().query("update webhook_endpoints set url = $1", [receiver.url]);
  const worker = harness.startWorker({ secrets: new EncryptionKeyRing(second, "webhook secret") });
  await appendEvents(pool, [{ stream: crypto.randomUUID() }]);
  while ((await harness.deliveries())[0]?.attempts !== 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await worker[Symbol.asyncDispose]();
  const lastError = (await harness.deliveries())[0]?.last_error ?? null;
  assertEquals(receiver.complaints, []);
  await pool.writer().query("delete from webhook_endpoints");
  return { cursor: cursor.status, token: token.status, lastError };
}

Deno.test("two instances share cursors, tokens and webhooks in every step of the rotation of HMAC_SECRET", async () => {
  await using harness = await WorkerHarness.open();
  const steps: readonly Secrets[] = [[OLD], [OLD, NEW], [NEW, OLD], [NEW]];
  for (const [index, before] of steps.entries()) {
    const after = steps[index + 1];
    if (after === undefined) break;
    for (const [first, second] of [[before, after], [after, before]] as const) {
      assertEquals(await share(harness, first, second), { cursor: 200, token: 200, lastError: null });
    }
  }
});

Deno.test("an instance with the old secret alone refuses what the new one has signed or encrypted", async () => {
  await using harness = await WorkerHarness.open();
  assertEquals(await share(harness, [NEW, OLD], [OLD]), {
    cursor: 400,
    token: 400,
    lastError: "unreadable-secret",
  });
});
