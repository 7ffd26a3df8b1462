import type {
  EventCatalog,
  EventData,
  JsonObject,
  NewEvent,
  PublishedEvent,
  Recipient,
  Upcasters,
} from "@archway/service_kit/event_catalog.ts";

/** Event types of a test shop, each with a single schema version. */
const TYPES: Upcasters = {
  "basket.opened": [],
  "order.placed": [],
  "order.cancelled": [],
  "stock.counted": [],
};

const ORDER: EventData = { orderId: "o-1", buyer: null, seller: "sam", total: "12.34", note: null };

/** Sample data of every type. The buyer is a resource without an owner; `shelf` is not published. */
const SAMPLES: Readonly<Record<string, EventData>> = {
  "basket.opened": { basketId: "b-1", buyer: null, shelf: "A7" },
  "order.placed": { ...ORDER, shelf: "A7" },
  "order.cancelled": { ...ORDER, reason: "sold out", shelf: "A7" },
  "stock.counted": { item: "chair", count: 4, shelf: "A7" },
};

/** Members of events that name a recipient; null for resources without an owner. */
const OWNERS = ["buyer", "seller"];

/**
 * Returns the event catalog of the test shop.
 *
 * @param upcasters Types with more schema versions or additional types, as in a newer program.
 */
export function testCatalog(upcasters: Upcasters = {}): EventCatalog {
  return { types: { ...TYPES, ...upcasters }, toJson, recipients };
}

/** Returns the stored sample data of a type; empty for an unknown type. */
export function sampleData(type: string): EventData {
  return SAMPLES[type] ?? {};
}

/** Returns the published sample data of a type, with changes. */
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
