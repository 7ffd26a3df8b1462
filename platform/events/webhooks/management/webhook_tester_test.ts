import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { v7 as newId } from "uuid";
import { microsecondClock } from "@archway/db/timestamp.ts";
import { type AccessScope, UNRESTRICTED } from "@archway/service_kit/access_scope.ts";
import { DomainError } from "@archway/service_kit/domain_error.ts";
import { WorkerHarness } from "../../worker/testing/worker_harness.ts";
import type { WebhookService } from "./app.ts";
import { openWebhookService } from "./open_webhook_service.ts";

const signal = new AbortController().signal;

function serviceOf({ pool, secrets }: WorkerHarness): WebhookService {
  return openWebhookService(pool, {
    ...{ secrets, eventTypes: ["order.placed"], allowPrivate: true, now: microsecondClock(), newId },
  });
}

Deno.test("test() sends a signed event, and returns how the receiver responds", async () => {
  await using harness = await WorkerHarness.open();
  const { receiver, endpointId: id } = await harness.addReceiver();
  const [service, key] = [serviceOf(harness), { id, scope: UNRESTRICTED }];
  const { eventId, durationMs, ...delivered } = await service.test(key, { signal });
  assertEquals(delivered, { status: 200, failure: null });
  assertMatch(eventId, /^webhook-test-[0-9a-f-]{36}$/);
  assertEquals(durationMs >= 0, true);
  const [event] = receiver.received;
  assertEquals([event?.webhookId, event?.id, event?.type], [eventId, eventId, "webhook.test"]);
  assertEquals([event?.data, receiver.complaints], [{ webhookId: id }, []]);
  for (const [status, failure] of [[500, "status"], [410, "gone"], [302, "redirect"]] as const) {
    receiver.respond = () => status;
    const refused = await service.test(key, { signal });
    assertEquals([refused.status, refused.failure], [status, failure]);
  }
  const { disabledAt } = await service.get(key);
  assertEquals([disabledAt, await harness.deliveries()], [null, []]);
  // A secret that was replaced is valid, too.
  receiver.respond = () => 200;
  await service.rotateSecret(key);
  assertEquals((await service.test(key, { signal })).status, 200);
});

Deno.test("test() is for the owner, one at a time, and ends with the request", async () => {
  await using harness = await WorkerHarness.open();
  const { receiver, endpointId: id } = await harness.addReceiver({ owner: "ada" });
  const service = serviceOf(harness);
  const [ada, bob] = ["ada", "bob"].map((subject): AccessScope => ({ kind: "owner", subject }));
  if (ada === undefined || bob === undefined) throw new Error("unreachable");
  const foreign = await assertRejects(() => service.test({ id, scope: bob }, { signal }), DomainError);
  assertEquals(foreign.code, "webhook-not-found");
  const held = Promise.withResolvers<number>();
  receiver.respond = () => held.promise;
  const aborted = new AbortController();
  const first = service.test({ id, scope: ada }, { signal: aborted.signal });
  await receiver.until(({ length }) => length === 1);
  const second = await assertRejects(() => service.test({ id, scope: ada }, { signal }), DomainError);
  assertEquals(second.code, "too-many-tests");
  const reason = new Error("The client has left");
  aborted.abort(reason);
  assertEquals(await assertRejects(() => first, Error), reason);
  held.resolve(200);
  assertEquals((await service.test({ id, scope: ada }, { signal })).status, 200);
});
