import type { NewEvent, Upcasters } from "@archway/service_kit/event_catalog.ts";
import { EventStoreError } from "./event_store_error.ts";

/**
 * Converts an event to its newest schema version. Stored events are not changed.
 *
 * @throws {EventStoreError} "unknown-event" for an unknown type or schema version.
 */
export function upcast({ type, schemaVersion, data }: NewEvent, upcasters: Upcasters): NewEvent {
  const steps = Object.hasOwn(upcasters, type) ? upcasters[type] : undefined;
  if (steps === undefined || schemaVersion > steps.length + 1) {
    const message = steps === undefined
      ? `Cannot read event ${type}: unknown type`
      : `Cannot read event ${type}: unknown schema version ${schemaVersion}`;
    throw new EventStoreError("unknown-event", message);
  }
  const newest = steps.slice(schemaVersion - 1).reduce((before, step) => step(before), data);
  return { type, schemaVersion: steps.length + 1, data: newest };
}
