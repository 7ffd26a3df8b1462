import type { Timestamp } from "@archway/db/timestamp.ts";
import { DomainError } from "@archway/service_kit/domain_error.ts";
import type { SignedEndpoint } from "../delivery/delivery.ts";
import type { PostMessageOptions } from "../delivery/post_message.ts";
import type { TestResult, WebhookErrorCode } from "./domain/webhook.ts";

/** Options of a tester. */
export interface WebhookTesterOptions extends Omit<PostMessageOptions, "timeoutMs"> {
  /** Returns the current time, with microseconds. */
  readonly now: () => Timestamp;
  /** Returns a new UUIDv7. */
  readonly newId: () => string;
}

/** Type of test events. */
const TYPE = "webhook.test";

/** Timeout of a test, in milliseconds: the caller waits for it. */
const TIMEOUT_MS = 4_000;

/** Maximum number of tests at the same time. */
const MAX_TESTS = 8;

/** Sends test events, while the caller waits: one at a time to a webhook, and a few in all. */
export class WebhookTester {
  readonly #options: WebhookTesterOptions;
  readonly #running = new Set<string>();

  constructor(options: WebhookTesterOptions) {
    this.#options = options;
  }

  /** @throws {DomainError} "too-many-tests". */
  async send(endpoint: SignedEndpoint, { signal }: { readonly signal: AbortSignal }): Promise<TestResult> {
    const { id: webhookId } = endpoint;
    if (this.#running.has(webhookId) || this.#running.size >= MAX_TESTS) {
      throw new DomainError<WebhookErrorCode>("too-many-tests");
    }
    this.#running.add(webhookId);
    try {
      return await this.#send(endpoint, signal);
    } finally {
      this.#running.delete(webhookId);
    }
  }

  async #send(endpoint: SignedEndpoint, signal: AbortSignal): Promise<TestResult> {
    const { now, newId, ...options } = this.#options;
    const eventId = `${TYPE.replace(".", "-")}-${newId()}`;
    const data = { webhookId: endpoint.id };
    const body = JSON.stringify({ type: TYPE, timestamp: now(), id: eventId, data });
    // Loaded with the first test: a start needs no client of webhooks.
    const { postMessage } = await import("../delivery/post_message.ts");
    const begun = performance.now();
    const result = await postMessage(endpoint, { id: eventId, body }, {
      ...options,
      timeoutMs: TIMEOUT_MS,
      signal,
    });
    if (result === undefined) throw signal.reason;
    const { failure = null, status = null } = result;
    return { eventId, status, failure, durationMs: Math.round(performance.now() - begun) };
  }
}
