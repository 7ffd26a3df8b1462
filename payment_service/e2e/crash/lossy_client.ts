import { describeIntent, idIn, immutableData, type Intent, type IntentResponse, isDone } from "./intent.ts";

/** Options for {@link LossyClient}. */
export interface LossyClientOptions {
  /** Returns the URL of the running program. */
  readonly url: () => Promise<string>;
  /** Returns a random number from 0 to 1. */
  readonly random: () => number;
}

/** Maximum time until the connection of a request is closed whose response is to be lost. */
const LOST_AFTER_MS = 40;

const TIMEOUT_MS = 60_000;

/** Client that loses responses on purpose. Checks that no response contradicts an earlier acknowledgement. */
export class LossyClient {
  /** First response to each intent, of those that were read. */
  readonly acknowledged = new Map<Intent, IntentResponse>();
  /** Violations of the guarantees. */
  readonly violations: string[] = [];
  readonly #options: LossyClientOptions;

  constructor(options: LossyClientOptions) {
    this.#options = options;
  }

  /** Sends an intent and loses every second response. Returns a final response, if one was received. */
  async sendLossy(intent: Intent): Promise<IntentResponse | undefined> {
    const { random } = this.#options;
    if (random() < 0.5) return await this.send(intent);
    // Half of these clients disconnect, the others discard the response.
    const disconnects = random() < 0.5;
    const signal = disconnects ? AbortSignal.timeout(1 + random() * LOST_AFTER_MS) : undefined;
    const response = await this.#exchange(intent, signal);
    if (response !== undefined) this.#check(intent, response);
    return undefined;
  }

  /** Sends an intent and returns a final response, if one was received. */
  async send(intent: Intent): Promise<IntentResponse | undefined> {
    const response = await this.#exchange(intent);
    if (response === undefined || !this.#check(intent, response)) return undefined;
    const first = this.acknowledged.get(intent);
    // A request that was refused under a chosen id may have succeeded later.
    if (first === undefined || !isDone(first)) this.acknowledged.set(intent, response);
    return response;
  }

  /** Returns the line of listTransfers() for an executed intent. */
  transferOf(intent: Intent): string {
    const response = this.acknowledged.get(intent);
    if (response === undefined) throw new Error(`Intent ${intent.number} has no response`);
    const kind = intent.kind === "refund" || intent.kind === "deposit" ? intent.kind : "payment";
    return `${kind} ${idIn(response)} ${kind === "deposit" ? "" : describeIntent(intent.number)}`;
  }

  /** Returns whether a response is final, and records a violation if it contradicts an earlier one. */
  #check(intent: Intent, response: IntentResponse): boolean {
    const { status, text } = response;
    if (status === 503 || (status === 409 && text.includes("/problems/idempotency-key-in-use"))) return false;
    const first = this.acknowledged.get(intent);
    const violation = isDone(response) || status === 422
      ? first && contradiction(intent, first, response)
      : "unexpected status";
    if (violation !== undefined) {
      this.violations.push(`${intent.kind} ${intent.number}: ${violation} ${status} ${text}`);
    }
    return true;
  }

  async #exchange(
    { method, path, key, body }: Intent,
    lost: AbortSignal = AbortSignal.timeout(TIMEOUT_MS),
  ): Promise<IntentResponse | undefined> {
    const url = await this.#options.url();
    try {
      const response = await fetch(url + path, {
        method,
        headers: {
          "Content-Type": "application/json",
          ...(key !== undefined && { "Idempotency-Key": key }),
        },
        body: JSON.stringify(body),
        signal: lost,
      });
      const replayed = response.headers.get("idempotency-replayed") === "true";
      return { status: response.status, replayed, text: await response.text() };
    } catch (error) {
      // The program was killed, or the client has disconnected.
      if (error instanceof TypeError || error instanceof DOMException) return undefined;
      throw error;
    }
  }
}

/** Returns how a later response contradicts the first one, if it does. */
function contradiction(intent: Intent, first: IntentResponse, later: IntentResponse): string | undefined {
  if (intent.key !== undefined) {
    if (first.status !== later.status || first.text !== later.text) {
      return "different response to the same key";
    }
    return later.replayed ? undefined : "response was not replayed";
  }
  // A refusal under a chosen id is not stored, so the request may succeed later.
  if (!isDone(first)) return undefined;
  if (later.status !== 200) return "missing, or executed again";
  return JSON.stringify(immutableData(first)) === JSON.stringify(immutableData(later))
    ? undefined
    : "changed";
}
