/**
 * Event store: streams of events that services append to in the transaction of the change itself, and that the worker
 * publishes.
 */
export type { EventMetadata, StoredEvent, StreamAppend } from "./store/event.ts";
export { EventStore } from "./store/event_store.ts";
export { EventStoreError, type EventStoreErrorCode } from "./store/event_store_error.ts";
export type { AppendOptions } from "./store/append_events.ts";
export type { ReadEventsOptions } from "./store/read_events.ts";
