import type { Message } from "../outbox/message.ts";

/** A message broker that keeps what it has acknowledged. */
export interface Broker extends AsyncDisposable {
  /** Resolves when it can be published to. @throws {BrokerError} "unavailable". */
  ready(): Promise<void>;
  /**
   * Publishes a message and waits until the broker has acknowledged it; one whose id it has seen lately is kept once.
   *
   * @throws {BrokerError}
   */
  publish(message: Message, options: PublishOptions): Promise<PublishOutcome>;
}

/** What goes along with a message. */
export interface PublishOptions {
  /** Where the message comes from (W3C Trace Context); undefined: nobody knows. */
  readonly traceparent: string | undefined;
}

/** "duplicate": the broker had it already. */
export type PublishOutcome = "published" | "duplicate";

/** What a broker fails with. */
export type BrokerErrorCode =
  /** It cannot be reached, or does not let the program in. */
  | "unavailable"
  /** It did not acknowledge a message in time: it may have it or not. */
  | "timeout"
  /** It does not take the message. */
  | "refused";

/** A fault of the broker or of the way to it. Its message carries neither addresses nor what was to be published. */
export class BrokerError extends Error {
  override readonly name = "BrokerError";
  constructor(readonly code: BrokerErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
  }
}
