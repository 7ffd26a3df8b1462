/** What can go wrong with webhooks, as far as a client can do something about it. */
export type WebhookErrorCode =
  /** There is no webhook with the id, or it is somebody else's. */
  | "webhook-not-found"
  /** The webhook has no delivery with the id. */
  | "delivery-not-found"
  /** The webhook is not as it was read: `currentVersion` is what it has. */
  | "webhook-changed"
  /** Its owner has as many webhooks as there may be. */
  | "too-many-webhooks"
  /** The page cannot be read: `faults` names the parameters. */
  | "invalid-page"
  /** A draft breaks a rule: `faults` says which. */
  | "invalid";

/** One thing that is wrong. */
export interface WebhookFault {
  /** JSON Pointer into the body, or the query parameter. */
  readonly field: string;
  /** In words, without the value. */
  readonly reason: string;
}

/** What is known besides the code. */
export interface WebhookErrorOptions {
  readonly faults?: readonly WebhookFault[];
  readonly currentVersion?: bigint;
  readonly cause?: unknown;
}

/** An error about webhooks; webhook_problems.ts says what a client is told. */
export class WebhookError extends Error {
  override readonly name = "WebhookError";
  readonly faults: readonly WebhookFault[];
  readonly currentVersion: bigint | undefined;

  constructor(readonly code: WebhookErrorCode, options: WebhookErrorOptions = {}) {
    super(`Webhooks: ${code}`, "cause" in options ? { cause: options.cause } : undefined);
    this.faults = options.faults ?? [];
    this.currentVersion = options.currentVersion;
  }
}
