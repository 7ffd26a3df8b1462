/** Reason of an {@link EventStoreError}. */
export type EventStoreErrorCode =
  /** The stream is not at the expected version: another writer has appended to it. */
  | "version-conflict"
  /** The type or schema version of an event is unknown to this program: a newer one has appended it. */
  | "unknown-event";

/** An error of the event store. */
export class EventStoreError extends Error {
  override readonly name = "EventStoreError";

  constructor(
    readonly code: EventStoreErrorCode,
    message: string,
    options: { readonly cause?: unknown } = {},
  ) {
    super(message, options);
  }
}
