import type { NewEvent, Upcasters } from "@archway/service_kit/event_catalog.ts";
import { EventStoreError } from "./event_store_error.ts";

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
