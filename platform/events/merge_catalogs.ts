import type { EventCatalog, PublishedEvent, Recipient } from "@archway/service_kit/event_catalog.ts";
import type { ToJson } from "./outbox/message.ts";
import type { OutgoingEvent } from "./outbox/outgoing_event.ts";
import { EventStoreError } from "./store/event_store_error.ts";
import { upcast } from "./store/upcast.ts";
import type { FindRecipients } from "./webhooks/delivery/find_recipients.ts";

/** Event catalogs of all services, merged for the worker and the management of webhooks. */
export interface MergedCatalog {
  /** Types of events that a webhook can receive, in the order of the services. */
  readonly types: readonly string[];
  /** @throws {EventStoreError} "unknown-event" for a type or version that no service knows. */
  readonly toJson: ToJson;
  readonly findRecipients: FindRecipients;
}

/**
 * Merges the catalogs of the services, which get events in their newest schema version.
 *
 * @throws {Error} if two services publish the same type.
 */
export function mergeCatalogs(catalogs: readonly EventCatalog[]): MergedCatalog {
  const owners = new Map<string, EventCatalog>();
  for (const catalog of catalogs) {
    for (const type of Object.keys(catalog.types)) {
      if (owners.has(type)) throw new Error(`Two services publish events of the type "${type}"`);
      owners.set(type, catalog);
    }
  }
  const ownerOf = ({ type }: OutgoingEvent): EventCatalog =>
    owners.get(type) ?? unknown(`Cannot read event ${type}: no service publishes this type`);
  return {
    types: [...owners.keys()],
    toJson: (event) => {
      const catalog = ownerOf(event);
      return catalog.toJson(upcast(event, catalog.types));
    },
    async findRecipients(tx, events): Promise<readonly Recipient[]> {
      const recipients: Recipient[] = [];
      for (const [catalog, own] of Map.groupBy(events, ownerOf)) {
        const newest = own.map((event): PublishedEvent => ({
          ...upcast(event, catalog.types),
          position: event.position,
        }));
        recipients.push(...await catalog.recipients(tx, newest));
      }
      return recipients;
    },
  };
}

function unknown(message: string): never {
  throw new EventStoreError("unknown-event", message);
}
