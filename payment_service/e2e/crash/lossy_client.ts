import { describeIntent, idIn, immutableData, type Intent, type IntentResponse, isDone } from "./intent.ts";

/** Where intents are sent, and how responses get lost on the way. */
export interface LossyClientOptions {
  readonly url: () => Promise<string>;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** How long an response is waited for before its connection is closed, at the most, where it is to be lost. */
const LOST_AFTER_MS = 40;

const TIMEOUT_MS = 60_000;

/** Sends intents and remembers what was acknowledged: nothing of it may ever be answered otherwise. */
export class LossyClient {
  /** What was answered first, of what was read. */
  readonly acknowledged = new Map<Intent, IntentResponse>();
  /** What must not have happened. */
  readonly faults: string[] = [];
  /** How many responses were thrown away, and how many requests had none. */
  readonly counts = { lost: 0, unanswered: 0, busy: 0 };
  readonly #options: LossyClientOptions;

  constructor(options: LossyClientOptions) {
    this.#options = options;
  }

  /** Sends it; every second response gets lost. Undefined: there was none that says what has happened. */
  async sendLossy(intent: Intent): Promise<IntentResponse | undefined> {
    const { random } = this.#options;
    if (random() < 0.5) return await this.send(intent);
    this.counts.lost++;
    // Half of these are answered to a client that has gone, the others to one that does not listen.
    const leaves = random() < 0.5;
    const signal = leaves ? AbortSignal.timeout(1 + random() * LOST_AFTER_MS) : undefined;
    const response = await this.#exchange(intent, signal);
    if (response !== undefined) this.#judge(intent, response);
    return undefined;
  }

  /** Sends it and takes the response. Undefined: there was none that says what has happened. */
  async send(intent: Intent): Promise<IntentResponse | undefined> {
    const response = await this.#exchange(intent);
    if (response === undefined) {
      this.counts.unanswered++;
      return undefined;
    }
    if (!this.#judge(intent, response)) return undefined;
    const first = this.acknowledged.get(intent);
    // What was refused under a chosen id may have been possible later.
    if (first === undefined || !isDone(first)) this.acknowledged.set(intent, response);
    return response;
  }

  /** What an intent that was done has made, as listTransfers() tells of it. */
  told(intent: Intent): string {
    const response = this.acknowledged.get(intent);
    if (response === undefined) throw new Error(`Intent ${intent.number} was never answered`);
    const what = intent.kind === "refund" || intent.kind === "deposit" ? intent.kind : "payment";
    return `${what} ${idIn(response)} ${what === "deposit" ? "" : describeIntent(intent.number)}`;
  }

  /** Whether an response is final; what it must not be is a fault. */
  #judge(intent: Intent, response: IntentResponse): boolean {
    const { status, text } = response;
    if (status === 503 || (status === 409 && text.includes("/problems/idempotency-key-in-use"))) {
      this.counts.busy++;
      return false;
    }
    const first = this.acknowledged.get(intent);
    const fault = isDone(response) || status === 422 ? first && contradiction(intent, first, response) : "";
    if (fault !== undefined) this.faults.push(`${intent.kind} ${intent.number}: ${fault} ${status} ${text}`);
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
      // The program was killed, or the client has left.
      if (error instanceof TypeError || error instanceof DOMException) return undefined;
      throw error;
    }
  }
}

/** In what a later response contradicts the first one; undefined: in nothing. */
function contradiction(intent: Intent, first: IntentResponse, later: IntentResponse): string | undefined {
  if (intent.key !== undefined) {
    if (first.status !== later.status || first.text !== later.text) return "another response to the same key";
    return later.replayed ? undefined : "an response that was not given again but anew";
  }
  // A refusal under a chosen id is not kept: what was refused may be possible later.
  if (!isDone(first)) return undefined;
  if (later.status !== 200) return "no longer there, or made again";
  return JSON.stringify(immutableData(first)) === JSON.stringify(immutableData(later))
    ? undefined
    : "changed";
}
