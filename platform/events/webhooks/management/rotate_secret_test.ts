import { assert, assertEquals } from "@std/assert";
import { v7 as newId } from "uuid";
import { microsecondClock } from "@archway/db/timestamp.ts";
import { type ResourceKey, UNRESTRICTED } from "@archway/service_kit/access_scope.ts";
import { EncryptionKeyRing } from "@archway/service_kit/signing.ts";
import { appendEvents } from "../../outbox/testing/append_events.ts";
import { DATABASE_NAMES } from "../../testing/event_databases.ts";
import { WorkerHarness } from "../../worker/testing/worker_harness.ts";
import { Sweeper } from "../delivery/sweeper.ts";
import type { WebhookReceiver } from "../testing/webhook_receiver.ts";
import type { WebhookService } from "./app.ts";
import { openWebhookService } from "./open_webhook_service.ts";

const HOUR_MS = 3_600_000;

function serviceOf({ pool, secrets }: WorkerHarness): WebhookService {
  return openWebhookService(pool, {
    ...{ secrets, eventTypes: ["order.placed"], allowPrivate: true, now: microsecondClock(), newId },
  });
}

/** Returns whether the receiver accepts the next message, verified with a secret. */
async function accepts(harness: WorkerHarness, receiver: WebhookReceiver, secret: string): Promise<boolean> {
  receiver.secret = secret;
  const stream = crypto.randomUUID();
  await appendEvents(harness.pool, [{ stream }]);
  while (!(await harness.deliveries()).some((one) => one.stream === stream && one.attempts > 0)) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return receiver.received.some(({ id }) => id === `${stream}@1`);
}

async function countPrevious({ pool }: WorkerHarness): Promise<number> {
  return (await pool.writer().query("select from webhook_previous_secrets")).rows.length;
}

for (const name of DATABASE_NAMES) {
  Deno.test(`rotateSecret() signs with replaced secrets until they expire or are withdrawn (${name})`, async () => {
    await using harness = await WorkerHarness.open(name);
    const { receiver, endpointId: id } = await harness.addReceiver();
    const key: ResourceKey = { id, scope: UNRESTRICTED };
    const service = serviceOf(harness);
    harness.startWorker();
    const first = receiver.secret;
    const before = Date.now();
    const { secret: second, previousExpiresAt } = await service.rotateSecret(key);
    assert(Date.parse(previousExpiresAt ?? "") >= before + 24 * HOUR_MS);
    assert(await accepts(harness, receiver, first));
    assert(await accepts(harness, receiver, second));
    // Repeated, as after a lost response.
    const { secret: third } = await service.rotateSecret(key);
    for (const secret of [first, second, third]) assert(await accepts(harness, receiver, secret));
    await harness.pool.writer().query(
      "update webhook_previous_secrets set expires_at = now() - interval '1 second' where id = (select min(id::text)::uuid from webhook_previous_secrets)",
    );
    assertEquals(await accepts(harness, receiver, first), false);
    assert(await accepts(harness, receiver, second));
    const { pool, secrets } = harness;
    await new Sweeper({ database: pool, secrets, nowMs: Date.now, retentionMs: HOUR_MS }).step();
    assertEquals(await countPrevious(harness), 1);
    const { secret: fourth, previousExpiresAt: none } = await service.rotateSecret(key, {
      overlapSeconds: 0,
    });
    assertEquals([none, await countPrevious(harness)], [undefined, 0]);
    for (const secret of [second, third]) assertEquals(await accepts(harness, receiver, secret), false);
    assert(await accepts(harness, receiver, fourth));
  });
}

Deno.test("rotateSecret() bounds the number of replaced secrets", async () => {
  await using harness = await WorkerHarness.open();
  const { endpointId: id } = await harness.addReceiver();
  const service = serviceOf(harness);
  for (let count = 0; count < 7; count++) await service.rotateSecret({ id, scope: UNRESTRICTED });
  assertEquals(await countPrevious(harness), 4);
  await service.delete({ id, scope: UNRESTRICTED }, { condition: "any" });
  assertEquals(await countPrevious(harness), 0);
});

Deno.test("Sweeper re-encrypts replaced secrets under the newest key, too", async () => {
  await using harness = await WorkerHarness.open();
  const { receiver, endpointId: id } = await harness.addReceiver();
  await serviceOf(harness).rotateSecret({ id, scope: UNRESTRICTED });
  const [newest, old] = [
    "a newer secret of more than 32 bytes for a test",
    "a secret of more than 32 bytes for a test",
  ];
  const sweeper = new Sweeper({
    database: harness.pool,
    secrets: new EncryptionKeyRing([newest, old], "webhook secret"),
    ...{ nowMs: Date.now, retentionMs: HOUR_MS },
  });
  assertEquals([await sweeper.reencryptSecrets(), await sweeper.reencryptSecrets()], [2, 0]);
  harness.startWorker({ secrets: new EncryptionKeyRing([newest], "webhook secret") });
  assert(await accepts(harness, receiver, receiver.secret));
});
