import type { EventValue, JsonValue, Upcasters } from "@archway/service_kit/event_catalog.ts";
import { assertEquals } from "@std/assert";
import { NatsBroker } from "../broker/nats_broker.ts";
import { readStream } from "../broker/testing/read_stream.ts";
import { StreamQueue } from "../outbox/stream_queue.ts";
import { appendEvents, type TestEvent } from "../outbox/testing/append_events.ts";
import { outgoingData } from "@archway/payment_service/events/outgoing_data.ts";
import { PAYMENT_UPCASTERS } from "@archway/payment_service/events/payment_event_data.ts";
import { PAYMENT_CATALOG } from "@archway/payment_service/events/payment_catalog.ts";
import { mergeCatalogs } from "../merge_catalogs.ts";
import { SAMPLE_EVENTS } from "@archway/payment_service/testing/sample_events.ts";
import { type Nats, startNats } from "@archway/tools/support/nats/start_nats.ts";
import { testWithNats } from "@archway/tools/support/nats/test_with_nats.ts";
import { WorkerStage } from "./testing/worker_stage.ts";

/** A newer program, whose payments are in their second form: in the first one, who pays was called otherwise. */
const NEWER: Upcasters = {
  ...PAYMENT_UPCASTERS,
  "payment.settled": [({ payer, note, ...data }) => ({ ...data, payerProfileId: payer, description: note })],
};

/** A payment as that program has it in its first form. */
function firstForm(stream: string, payer: string): TestEvent {
  return { stream, data: { payerProfileId: undefined, description: undefined, payer, note: "Lunch" } };
}

/** What outsiders are told of it. */
function told(payerProfileId: string): Readonly<Record<string, EventValue>> {
  return { ...outgoingData({ ...SAMPLE_EVENTS["payment.settled"], payerProfileId, description: "Lunch" }) };
}

function brokerOf({ port }: Nats): NatsBroker {
  return new NatsBroker({ servers: [`127.0.0.1:${port}`], tls: false, stream: "archway" });
}

async function untilWaiting(stage: WorkerStage, streams: readonly string[]): Promise<void> {
  const waiting = `select stream from outbox union select stream from broker_messages
    union select stream from webhook_lanes order by stream`;
  while (true) {
    const { rows } = await stage.pool.writer().query<{ stream: string }>(waiting);
    if (rows.map(({ stream }) => stream).join() === streams.join()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

testWithNats("EventWorker tells events in their newest form, whichever they were written in", async () => {
  await using nats = await startNats();
  await using stage = await WorkerStage.open();
  const { receiver } = await stage.receive();
  await appendEvents(stage.pool, [
    firstForm("payment-1", stage.profileId),
    {
      stream: "payment-2",
      schemaVersion: 2,
      data: { payerProfileId: stage.profileId, description: "Lunch" },
    },
  ]);
  stage.work({ ...mergeCatalogs([{ ...PAYMENT_CATALOG, types: NEWER }]), broker: brokerOf(nats) });
  await untilWaiting(stage, []);
  const expected = [told(stage.profileId), told(stage.profileId)];
  assertEquals(receiver.received.map(({ data }) => data), expected);
  assertEquals((await readStream(nats, "archway")).map(({ body }) => body.data), expected);
});

testWithNats("EventWorker leaves what a newer program wrote to one that knows it, and says so", async () => {
  await using nats = await startNats();
  await using stage = await WorkerStage.open();
  const { receiver } = await stage.receive({ eventTypes: ["payment.settled", "payment.lost"] });
  const data: Readonly<Record<string, JsonValue>> = { payerProfileId: stage.profileId };
  await appendEvents(stage.pool, [
    { stream: "payment-1", data },
    { stream: "payment-1", data, schemaVersion: 2 },
    { stream: "payment-1", data },
    { stream: "payment-2", data, type: "payment.lost" },
    // What is not as it should be is as little understood.
    { stream: "payment-3", data: { payerProfileId: 7 } },
    { stream: "payment-4", data },
  ]);
  const older = stage.work({ broker: brokerOf(nats) });
  await receiver.until(({ length }) => length === 2);
  await untilWaiting(stage, ["payment-1", "payment-2", "payment-3"]);
  await older[Symbol.asyncDispose]();
  assertEquals(receiver.received.map(({ id }) => id).toSorted(), ["payment-1@1", "payment-4@1"]);
  assertEquals((await readStream(nats, "archway")).map(({ body }) => body.id).toSorted(), [
    "payment-1@1",
    "payment-4@1",
  ]);
  assertEquals((await new StreamQueue("outbox").load(stage.pool.writer())).waiting, 4);
  assertEquals(
    stage.lines.map(({ level, properties }) => [level, properties["job"], properties["message"]]).toSorted(),
    [
      [
        "error",
        "relay",
        "EventStoreError: Reading an event payment.lost: no service of this program publishes the type",
      ],
      ["error", "relay", "EventStoreError: Reading an event payment.settled: its form 2 is not known"],
      ["error", "relay", "EventStoreError: Reading an event payment.settled: payerProfileId is not known"],
    ],
  );
  // The one that knows it is there.
  stage.work({
    ...mergeCatalogs([{
      ...PAYMENT_CATALOG,
      types: { ...PAYMENT_UPCASTERS, "payment.settled": [(form) => form] },
    }]),
    broker: brokerOf(nats),
  });
  await receiver.until(({ length }) => length === 4);
  assertEquals(receiver.received.slice(2).map(({ id }) => id), ["payment-1@2", "payment-1@3"]);
  await untilWaiting(stage, ["payment-2", "payment-3"]);
});

testWithNats(
  "EventWorker leaves what was taken over by a newer program to that one, and drops nothing",
  async () => {
    await using nats = await startNats();
    await using stage = await WorkerStage.open();
    const { receiver } = await stage.receive();
    const data = { payerProfileId: stage.profileId };
    const newer = mergeCatalogs([{
      ...PAYMENT_CATALOG,
      types: { ...PAYMENT_UPCASTERS, "payment.settled": [(form) => form] },
    }]);
    // As a relay of that program leaves it: what is to be told waits for whoever tells it.
    receiver.answer = () => 503;
    await nats.kill();
    const first = stage.work({ ...newer, broker: brokerOf(nats) });
    await appendEvents(stage.pool, [{ stream: "payment-1", data, schemaVersion: 2 }]);
    while ((await stage.deliveries())[0]?.attempts !== 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await first[Symbol.asyncDispose]();
    await stage.pool.writer().query("update webhook_lanes set due_at = now()");
    await nats.start();
    stage.lines.length = 0;
    receiver.answer = () => 200;
    const older = stage.work({ broker: brokerOf(nats) });
    await appendEvents(stage.pool, [{ stream: "payment-2", data }]);
    await receiver.until(({ length }) => length === 2);
    while (stage.lines.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    await older[Symbol.asyncDispose]();
    assertEquals(receiver.received.map(({ id }) => id), ["payment-1@1", "payment-2@1"]);
    assertEquals(stage.lines.map(({ level, properties }) => [level, properties["job"]]).toSorted(), [
      ["error", "broker"],
      ["error", "delivery"],
    ]);
    const [kept] = await stage.deliveries();
    assertEquals([kept?.state, kept?.attempts], ["pending", 1]);
    await stage.pool.writer().query("update webhook_lanes set due_at = now()");
    stage.work({ ...newer, broker: brokerOf(nats) });
    await untilWaiting(stage, []);
    assertEquals(receiver.received.map(({ id }) => id), ["payment-1@1", "payment-2@1", "payment-1@1"]);
    assertEquals((await readStream(nats, "archway")).map(({ body }) => body.id).toSorted(), [
      "payment-1@1",
      "payment-2@1",
    ]);
  },
);

Deno.test("EventWorker goes on where many streams have what it does not know", async () => {
  await using stage = await WorkerStage.open();
  const { receiver } = await stage.receive();
  const data = { payerProfileId: stage.profileId };
  // More than a relay looks at in one transaction, in front of everything else.
  await appendEvents(
    stage.pool,
    Array.from({ length: 1_000 }, (_, index) => ({ stream: `payment-${index}`, data, schemaVersion: 2 })),
  );
  await appendEvents(stage.pool, [{ stream: "payment-last", data }]);
  stage.work();
  await receiver.until(({ length }) => length === 1);
  assertEquals(receiver.received.map(({ id }) => id), ["payment-last@1"]);
  assertEquals(stage.lines.length, 1);
});
