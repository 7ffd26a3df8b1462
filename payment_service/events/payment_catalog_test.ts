import { assertEquals, assertThrows } from "@std/assert";
import { v7 as newId } from "uuid";
import type { ConnectionPool } from "@archway/db/db.ts";
import { mergeCatalogs } from "@archway/events/merge_catalogs.ts";
import { appendEvents } from "@archway/events/outbox/testing/append_events.ts";
import { WorkerHarness } from "@archway/events/worker/testing/worker_harness.ts";
import type { EventData } from "@archway/service_kit/event_catalog.ts";
import { PAYMENT_DATABASES } from "../testing/payment_program.ts";
import { SAMPLE_EVENTS, sampleData } from "../testing/sample_events.ts";
import { outgoingData } from "./outgoing_data.ts";
import { PAYMENT_CATALOG } from "./payment_catalog.ts";
import type { PaymentEvent } from "./payment_event.ts";

/** Stores a profile of an owner and returns its id. */
async function addProfile(pool: ConnectionPool, owner: string | null): Promise<string> {
  const id = newId();
  await pool.writer().query(
    "insert into profiles (id, name, owner, created_at, updated_at) values ($1, 'Ada', $2, now(), now())",
    [id, owner],
  );
  return id;
}

/** Appends an event with the sample data of its type and some changes. */
async function append(pool: ConnectionPool, type: PaymentEvent["type"], changes: EventData): Promise<void> {
  const data = JSON.parse(JSON.stringify({ ...sampleData(type), ...changes }));
  await appendEvents(pool, [{ stream: newId(), type, data }]);
}

for (const [name, open] of Object.entries(PAYMENT_DATABASES)) {
  Deno.test(`Events of payments reach the webhooks of the owners of their profiles, and no others (${name})`, async () => {
    await using database = await open();
    const { pool } = database;
    await using harness = new WorkerHarness(pool);
    const [ada, bob, unowned] = [
      await addProfile(pool, "ada"),
      await addProfile(pool, "bob"),
      await addProfile(pool, null),
    ];
    const eventTypes = Object.keys(PAYMENT_CATALOG.types);
    const receivers = [
      await harness.addReceiver({ owner: "ada", eventTypes }),
      await harness.addReceiver({ owner: "bob", eventTypes }),
      await harness.addReceiver({ eventTypes }),
    ];
    await append(pool, "account.opened", { profileId: ada });
    await append(pool, "account.opened", { profileId: null });
    await append(pool, "account.closed", { profileId: bob });
    await append(pool, "deposit.settled", { profileId: unowned });
    await append(pool, "payment.settled", { payerProfileId: ada, payeeProfileId: bob, description: "both" });
    await append(pool, "payment.settled", { payerProfileId: bob, payeeProfileId: bob, description: "one" });
    await append(pool, "payment.settled", { payerProfileId: "ada", payeeProfileId: "", description: "none" });
    await append(pool, "payment.refunded", { payerProfileId: unowned, payeeProfileId: ada });
    await append(pool, "payment_request.created", { payeeProfileId: bob, payerProfileId: null });
    await append(pool, "payment_request.paid", { payeeProfileId: bob, payerProfileId: ada });
    // The profiles in the sample do not exist.
    await append(pool, "payment.settled", {});
    // The owner of a deleted profile still receives its events.
    await pool.writer().query("update profiles set deleted_at = now() where id = $1", [ada]);
    harness.startWorker(mergeCatalogs([PAYMENT_CATALOG]));
    await harness.untilSettled();
    assertEquals(
      receivers.map(({ receiver }) =>
        receiver.received.map(({ type, data }) => `${type} ${data["description"] ?? ""}`.trim()).toSorted()
      ),
      [
        ["account.opened", "payment.refunded", "payment.settled both", "payment_request.paid"],
        [
          ...["account.closed", "payment.settled both", "payment.settled one", "payment_request.created"],
          "payment_request.paid",
        ],
        ["deposit.settled", "payment.refunded"],
      ],
    );
    assertEquals(receivers.flatMap(({ receiver }) => receiver.complaints), []);
    const [payment] = receivers[0]?.receiver.received.filter(({ type }) => type === "payment.settled") ?? [];
    const sides = { payerProfileId: ada, payeeProfileId: bob, description: "both" };
    assertEquals<unknown>(payment?.data, outgoingData({ ...SAMPLE_EVENTS["payment.settled"], ...sides }));
    assertEquals(harness.lines, []);
  });
}

Deno.test("PAYMENT_CATALOG.toJson() converts stored events of every type", () => {
  assertEquals(Object.keys(PAYMENT_CATALOG.types).toSorted(), Object.keys(SAMPLE_EVENTS).toSorted());
  for (const event of Object.values(SAMPLE_EVENTS)) {
    const stored = { type: event.type, schemaVersion: 1, data: sampleData(event.type) };
    assertEquals<unknown>(PAYMENT_CATALOG.toJson(stored), outgoingData(event), event.type);
  }
});

Deno.test("PAYMENT_CATALOG.toJson() throws for data that does not match the type", () => {
  const data = { ...sampleData("payment.settled"), payerProfileId: 7 };
  assertThrows(() => PAYMENT_CATALOG.toJson({ type: "payment.settled", schemaVersion: 1, data }));
});
