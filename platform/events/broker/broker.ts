import type { Message } from "../outbox/message.ts";

/** A message broker that persists what it has acknowledged. */
export interface Broker extends AsyncDisposable {
  /** Resolves when the broker accepts messages. @throws {BrokerError} "unavailable". */
  ready(): Promise<void>;
  /**
   * Publishes a message and waits for the acknowledgement. The broker stores a message once if its id repeats within
   * the deduplication window.
   *
   * @throws {BrokerError}
   */
  publish(message: Message, options: PublishOptions): Promise<PublishOutcome>;
}

/** Options of publishing a message. */
export interface PublishOptions {
  /** Trace context of the cause (W3C Trace Context); undefined if unknown. */
  readonly traceparent: string | undefined;
}

/** Result of publishing; "duplicate" if the broker already had the message. */
export type PublishOutcome = "published" | "duplicate";

/** Reason of a broker's failure. */
export type BrokerErrorCode =
  /** The broker is unreachable or refuses the credentials. */
  | "unavailable"
  /** No acknowledgement arrived in time; the broker may have stored the message. */
  | "timeout"
  /** The broker refuses the message. */
  | "refused";

/** Failure of the broker or the connection to it. Its message has the reason, without credentials or contents. */
export class BrokerError extends Error {
  override readonly name = "BrokerError";
  constructor(readonly code: BrokerErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
  }
}
