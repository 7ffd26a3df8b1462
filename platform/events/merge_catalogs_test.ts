import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import type { Transaction } from "@archway/db/db.ts";
import type { EventCatalog, JsonObject, PublishedEvent } from "@archway/service_kit/event_catalog.ts";
import { mergeCatalogs } from "./merge_catalogs.ts";
import type { OutgoingEvent } from "./outbox/outgoing_event.ts";
import { EventStoreError } from "./store/event_store_error.ts";

/** Transaction that is passed on to the catalogs. */
const TX: Transaction = {
  query: () => Promise.reject(new Error("Not expected")),
  savepoint: () => Promise.reject(new Error("Not expected")),
};

/** Catalog that records its calls, converts events to JSON unchanged and publishes them to their `owner`. */
class RecordingCatalog implements EventCatalog {
  readonly asked: (readonly PublishedEvent[])[] = [];

  constructor(readonly types: EventCatalog["types"]) {}

  toJson({ type, schemaVersion, data }: PublishedEvent): JsonObject {
    return { type, schemaVersion, ...JSON.parse(JSON.stringify(data)) };
  }

  recipients(
    tx: Transaction,
    events: readonly PublishedEvent[],
  ): Promise<readonly { position: bigint; owner: string }[]> {
    assertStrictEquals(tx, TX);
    this.asked.push(events);
    return Promise.resolve(
      events.map(({ position, data }) => ({ position, owner: String(data["owner"]) })),
    );
  }
}

/** In the first schema version, the owner had another name; in the second, another case. */
const ORDERS = {
  "order.placed": [
    ({ customer, ...data }: JsonData): JsonData => ({ ...data, owner: customer ?? null }),
    ({ owner, ...data }: JsonData): JsonData => ({ ...data, owner: String(owner).toLowerCase() }),
  ],
  "order.cancelled": [],
};

type JsonData = Parameters<EventCatalog["types"][string][number]>[0];

function event(type: string, schemaVersion: number, data: JsonObject, position = 1n): OutgoingEvent {
  return {
    ...{ position, stream: "s", version: 1n, type, schemaVersion, data },
    ...{ metadata: {}, recordedAt: "2026-11-25T15:00:00Z" },
  };
}

Deno.test("mergeCatalogs() has the types of all services, in their order", () => {
  const { types } = mergeCatalogs([
    new RecordingCatalog(ORDERS),
    new RecordingCatalog({}),
    new RecordingCatalog({ "basket.opened": [] }),
  ]);
  assertEquals(types, ["order.placed", "order.cancelled", "basket.opened"]);
  assertEquals(mergeCatalogs([]).types, []);
});

Deno.test("mergeCatalogs() refuses a type that two services publish", () => {
  const again = new RecordingCatalog({ "order.cancelled": [] });
  const error = assertThrows(() => mergeCatalogs([new RecordingCatalog(ORDERS), again]), Error);
  assertEquals(error.message, 'Two services publish events of the type "order.cancelled"');
});

Deno.test("toJson() converts an event to its newest schema version before its catalog sees it", () => {
  const { toJson } = mergeCatalogs([
    new RecordingCatalog({ "basket.opened": [] }),
    new RecordingCatalog(ORDERS),
  ]);
  const newest = { type: "order.placed", schemaVersion: 3, owner: "ada", total: 5 };
  assertEquals(toJson(event("order.placed", 1, { customer: "Ada", total: 5 })), newest);
  assertEquals(toJson(event("order.placed", 2, { owner: "ADA", total: 5 })), newest);
  assertEquals(toJson(event("order.placed", 3, { owner: "ada", total: 5 })), newest);
  assertEquals(toJson(event("basket.opened", 1, {})), { type: "basket.opened", schemaVersion: 1 });
});

Deno.test("toJson() throws for a type or schema version that no service knows, and for what a catalog refuses", () => {
  const refusing: EventCatalog = {
    types: { "basket.opened": [] },
    toJson: () => {
      throw new TypeError("basket.opened: no buyer");
    },
    recipients: () => Promise.resolve([]),
  };
  const { toJson } = mergeCatalogs([new RecordingCatalog(ORDERS), refusing]);
  for (const [type, schemaVersion] of [["order.lost", 1], ["order.placed", 4], ["toString", 1]] as const) {
    const error = assertThrows(() => toJson(event(type, schemaVersion, {})), EventStoreError);
    assertEquals(error.code, "unknown-event", type);
  }
  assertThrows(() => toJson(event("basket.opened", 1, {})), TypeError, "no buyer");
});

Deno.test("findRecipients() asks every catalog once for its own events, in their newest schema version", async () => {
  const [orders, baskets, stock] = [
    new RecordingCatalog(ORDERS),
    new RecordingCatalog({ "basket.opened": [] }),
    new RecordingCatalog({ "stock.counted": [] }),
  ];
  const { findRecipients } = mergeCatalogs([orders, baskets, stock]);
  const recipients = await findRecipients(TX, [
    event("order.placed", 1, { customer: "Ada" }, 1n),
    event("basket.opened", 1, { owner: "bob" }, 2n),
    event("order.cancelled", 1, { owner: "eve" }, 4n),
  ]);
  assertEquals(recipients.toSorted((one, other) => Number(one.position - other.position)), [
    { position: 1n, owner: "ada" },
    { position: 2n, owner: "bob" },
    { position: 4n, owner: "eve" },
  ]);
  const asked = (catalog: RecordingCatalog): unknown =>
    catalog.asked.map((events) => events.map(({ position, schemaVersion }) => [position, schemaVersion]));
  assertEquals([asked(orders), asked(baskets), asked(stock)], [[[[1n, 3], [4n, 1]]], [[[2n, 1]]], []]);
});

Deno.test("findRecipients() rejects for a type that no service knows", async () => {
  const { findRecipients } = mergeCatalogs([new RecordingCatalog(ORDERS)]);
  await assertRejects(
    async () => await findRecipients(TX, [event("order.lost", 1, {})]),
    EventStoreError,
  );
});
