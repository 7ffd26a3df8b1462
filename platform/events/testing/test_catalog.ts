import type {
  EventCatalog,
  EventData,
  JsonObject,
  NewEvent,
  PublishedEvent,
  Recipient,
  Upcasters,
} from "@archway/service_kit/event_catalog.ts";

/** Types of the events of a shop that exists for tests, each with a single schema version. */
const TYPES: Upcasters = {
  "basket.opened": [],
  "order.placed": [],
  "order.cancelled": [],
  "stock.counted": [],
};

const ORDER: EventData = { orderId: "o-1", buyer: null, seller: "sam", total: "12.34", note: null };

/** Data of one event of every type. The buyers are resources without an owner; `shelf` is not published. */
const SAMPLES: Readonly<Record<string, EventData>> = {
  "basket.opened": { basketId: "b-1", buyer: null, shelf: "A7" },
  "order.placed": { ...ORDER, shelf: "A7" },
  "order.cancelled": { ...ORDER, reason: "sold out", shelf: "A7" },
  "stock.counted": { item: "chair", count: 4, shelf: "A7" },
};

/** Members of events that name an owner whom they concern; null: resources without an owner. */
const OWNERS = ["buyer", "seller"];

/**
 * Returns the event catalog of the shop, for tests of everything that publishes events.
 *
 * @param upcasters Types in more schema versions, or types besides, as a newer program has them.
 */
export function testCatalog(upcasters: Upcasters = {}): EventCatalog {
  return { types: { ...TYPES, ...upcasters }, toJson, recipients };
}

/** Returns the data of an event of the type as it is stored; empty for a type that the shop does not have. */
export function sampleData(type: string): EventData {
  return SAMPLES[type] ?? {};
}

/** Returns the data of the sample of a type as it is published, with changes. */
export function publishedData(type: string, changes: EventData = {}): EventData {
  const { shelf: _, ...published } = sampleData(type);
  return { ...published, ...changes };
}

function toJson({ type, data }: NewEvent): JsonObject {
  for (const name of OWNERS) {
    const owner = data[name];
    if (typeof owner === "string" || owner === null || !(name in sampleData(type))) continue;
    throw new Error(`${type}: ${name} is neither a subject nor null`);
  }
  const published = Object.keys(publishedData(type)).map((name) => [name, data[name]]);
  return JSON.parse(JSON.stringify(Object.fromEntries(published)));
}

function recipients(_tx: unknown, events: readonly PublishedEvent[]): Promise<readonly Recipient[]> {
  return Promise.resolve(events.flatMap(({ position, data }) =>
    OWNERS.flatMap((name) => {
      const owner = data[name];
      return typeof owner === "string" || owner === null ? [{ position, owner }] : [];
    })
  ));
}
