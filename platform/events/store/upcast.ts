import type { EventData, NewEvent } from "./event.ts";
import { EventStoreError } from "./event_store_error.ts";

/** Turns the data of an event from one form into the next one. */
export type Upcast = (data: EventData) => EventData;

/**
 * The forms that the data of events has had: by type, what leads from form 1 to form 2, from 2 to 3 and so on. A type
 * that has had one form only has an empty list; one that is not here is not known.
 */
export type Upcasters = Readonly<Record<string, readonly Upcast[]>>;

/**
 * What an event tells in its newest form. What is stored is never changed.
 *
 * @throws {EventStoreError} "unknown-event" when its type or form is not known.
 */
export function upcast({ type, schemaVersion, data }: NewEvent, upcasters: Upcasters): NewEvent {
  const steps = Object.hasOwn(upcasters, type) ? upcasters[type] : undefined;
  if (steps === undefined || schemaVersion > steps.length + 1) {
    const message = `Reading an event ${type}: its form ${schemaVersion} is not known`;
    throw new EventStoreError("unknown-event", message);
  }
  const newest = steps.slice(schemaVersion - 1).reduce((before, step) => step(before), data);
  return { type, schemaVersion: steps.length + 1, data: newest };
}
