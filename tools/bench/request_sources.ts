import type { Answer } from "./http_connection.ts";
import { type PaymentPair, type PaymentPairs, paymentPairs } from "./payment_pairs.ts";
import type { RequestSource } from "./run_load.ts";
import type { Share } from "./share.ts";

/** Which requests a load consists of. */
export type Scenario =
  /** Reads the paths in turn; every connection begins at another one. */
  | { readonly kind: "read"; readonly paths: readonly string[] }
  /** Creates profiles, whose e-mail addresses no other load has. */
  | { readonly kind: "create"; readonly path: string }
  /** Patches profiles with their current ETag; no two connections patch the same one. */
  | { readonly kind: "patch"; readonly paths: readonly string[] }
  /** Makes payments, each with a key of its own. */
  | { readonly kind: "pay"; readonly pairs: PaymentPairs }
  /** Makes some payments first, and then asks for them again and again. */
  | { readonly kind: "replay"; readonly pairs: PaymentPairs };

const ENCODER = new TextEncoder();

/** The requests of a scenario for one connection. */
export function requestSource(scenario: Scenario, share: Share): RequestSource {
  switch (scenario.kind) {
    case "read":
      return readSource(scenario.paths, share);
    case "create":
      return createSource(scenario.path);
    case "patch":
      return new PatchSource(
        scenario.paths.filter((_, index) => index % share.connections === share.connection),
      );
    case "pay": {
      const next = paymentPairs(scenario.pairs, share);
      return { next: () => payment(next()) };
    }
    case "replay":
      return new ReplaySource(paymentPairs(scenario.pairs, share));
  }
}

function readSource(paths: readonly string[], { connection, connections }: Share): RequestSource {
  const requests = paths.map((path) => request("GET", path));
  let index = Math.floor(connection * paths.length / connections);
  return {
    next: () => {
      const bytes = requests[index] ?? new Uint8Array();
      index = (index + 1) % requests.length;
      return bytes;
    },
  };
}

function createSource(path: string): RequestSource {
  // One for each connection of each round: a scenario is sent again and again, and an address is taken once.
  const nonce = crypto.randomUUID();
  let count = 0;
  return {
    next: () => {
      const email = `${nonce}-${count++}@example.com`;
      const body = JSON.stringify({ name: `Profile ${count}`, email, age: 1 + count % 150 });
      return request("POST", path, { headers: { "Content-Type": "application/json" }, body });
    },
  };
}

class PatchSource implements RequestSource {
  readonly #profiles: { readonly path: string; etag: string }[];
  #index = -1;
  #count = 0;

  constructor(paths: readonly string[]) {
    this.#profiles = paths.map((path) => ({ path, etag: "" }));
  }

  async prepare(exchange: (request: Uint8Array) => Promise<Answer>): Promise<void> {
    for (const profile of this.#profiles) {
      const { etag } = await exchange(request("GET", profile.path));
      if (etag === undefined) throw new Error("Preparing the patches failed: a profile came without an ETag");
      profile.etag = etag;
    }
  }

  next(): Uint8Array {
    this.#index = (this.#index + 1) % this.#profiles.length;
    const { path = "", etag = "" } = this.#profiles[this.#index] ?? {};
    const body = JSON.stringify({ name: `Renamed ${++this.#count}`, age: 1 + this.#count % 150 });
    const headers = { "Content-Type": "application/merge-patch+json", "If-Match": etag };
    return request("PATCH", path, { headers, body });
  }

  answered({ etag }: Answer): void {
    const profile = this.#profiles[this.#index];
    if (profile !== undefined && etag !== undefined) profile.etag = etag;
  }
}

/** How many payments of one connection are asked for again. */
const REPLAYED = 32;

class ReplaySource implements RequestSource {
  readonly #requests: readonly Uint8Array[];
  #index = -1;

  constructor(next: () => PaymentPair) {
    this.#requests = Array.from({ length: REPLAYED }, () => payment(next()));
  }

  async prepare(exchange: (request: Uint8Array) => Promise<Answer>): Promise<void> {
    for (const bytes of this.#requests) {
      const { status } = await exchange(bytes);
      if (status !== 201) {
        throw new Error(`Preparing the replays failed: a payment was answered with ${status}`);
      }
    }
  }

  next(): Uint8Array {
    this.#index = (this.#index + 1) % this.#requests.length;
    return this.#requests[this.#index] ?? new Uint8Array();
  }
}

/** Asks for a payment of one unit, as the bare loop makes it. */
function payment({ payer, payee }: PaymentPair): Uint8Array {
  const amount = { amount: "1.00", currency: "BRL" };
  return request("POST", "/v1/payments", {
    headers: { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() },
    body: JSON.stringify({ payerAccountId: payer, payeeAccountId: payee, amount }),
  });
}

/** The bytes of a request; its body is ASCII. */
function request(method: string, path: string, { headers = {}, body }: RequestParts = {}): Uint8Array {
  let text = `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n`;
  for (const [name, value] of Object.entries(headers)) text += `${name}: ${value}\r\n`;
  if (body !== undefined) text += `Content-Length: ${body.length}\r\n`;
  return ENCODER.encode(`${text}\r\n${body ?? ""}`);
}

interface RequestParts {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
