/** What can go wrong with events. */
export type EventStoreErrorCode =
  /** The stream has another version than was expected: somebody else has appended to it. */
  | "version-conflict"
  /** An event is of a type, or in a form, that this program does not know: a newer one has written it. */
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
