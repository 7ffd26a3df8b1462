import type { EventData, StoredEvent } from "./event.ts";
import { EventStoreError } from "./event_store_error.ts";

/** Turns the data of an event from one form into the next one. */
export type Upcast = (data: EventData) => EventData;

/**
 * The forms that the data of events has had: by type, what leads from form 1 to form 2, from 2 to 3 and so on. A type
 * that has had one form only has an empty list; one that is not here is not known.
 */
export type Upcasters = Readonly<Record<string, readonly Upcast[]>>;

/**
 * An event in its newest form. What is stored is never changed.
 *
 * @throws {EventStoreError} "unknown-event" when its type or form is not known.
 */
export function upcast(event: StoredEvent, upcasters: Upcasters): StoredEvent {
  const steps = Object.hasOwn(upcasters, event.type) ? upcasters[event.type] : undefined;
  if (steps === undefined || event.schemaVersion > steps.length + 1) {
    throw new EventStoreError(
      "unknown-event",
      `Reading event ${event.position}: ${event.type} in form ${event.schemaVersion} is not known`,
    );
  }
  if (event.schemaVersion === steps.length + 1) return event;
  const data = steps.slice(event.schemaVersion - 1).reduce((before, step) => step(before), event.data);
  return { ...event, schemaVersion: steps.length + 1, data };
}
