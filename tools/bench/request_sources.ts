import type { Answer } from "./http_connection.ts";
import type { RequestSource } from "./run_load.ts";
import type { Share } from "./share.ts";

/** Which requests a load consists of. */
export type Scenario =
  /** Reads the paths in turn; every connection begins at another one. */
  | { readonly kind: "read"; readonly paths: readonly string[] }
  /** Creates contacts, or what has the same members, with e-mail addresses that no other load has. */
  | { readonly kind: "create"; readonly path: string }
  /** Patches contacts with their current ETag; no two connections patch the same one. */
  | { readonly kind: "patch"; readonly paths: readonly string[] }
  /** Posts the bodies in turn, each time under a new idempotency key; every connection begins at another one. */
  | { readonly kind: "post"; readonly path: string; readonly bodies: readonly string[] }
  /** Posts some of the bodies first, and then again and again under the same keys. */
  | { readonly kind: "replay"; readonly path: string; readonly bodies: readonly string[] };

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
    case "post": {
      const next = inTurn(scenario.bodies, share);
      return { next: () => keyedPost(scenario.path, next()) };
    }
    case "replay": {
      const next = inTurn(scenario.bodies, share);
      return new ReplaySource(() => keyedPost(scenario.path, next()));
    }
  }
}

function readSource(paths: readonly string[], share: Share): RequestSource {
  return { next: inTurn(paths.map((path) => request("GET", path)), share) };
}

/** Returns the items one after the other, again and again, for every connection from another one on. */
function inTurn<T>(items: readonly T[], { connection, connections }: Share): () => T {
  let index = Math.floor(connection * items.length / connections);
  return () => {
    const item = items[index];
    if (item === undefined) throw new Error("A load needs something to send");
    index = (index + 1) % items.length;
    return item;
  };
}

function createSource(path: string): RequestSource {
  // One for each connection of each round: a scenario is sent again and again, and an address is taken once.
  const nonce = crypto.randomUUID();
  let count = 0;
  return {
    next: () => {
      const email = `${nonce}-${count++}@example.com`;
      const body = JSON.stringify({ name: `Contact ${count}`, email, age: 1 + count % 150 });
      return request("POST", path, { headers: { "Content-Type": "application/json" }, body });
    },
  };
}

class PatchSource implements RequestSource {
  readonly #contacts: { readonly path: string; etag: string }[];
  #index = -1;
  #count = 0;

  constructor(paths: readonly string[]) {
    this.#contacts = paths.map((path) => ({ path, etag: "" }));
  }

  async prepare(exchange: (request: Uint8Array) => Promise<Answer>): Promise<void> {
    for (const contact of this.#contacts) {
      const { etag } = await exchange(request("GET", contact.path));
      if (etag === undefined) throw new Error("Preparing the patches failed: a contact came without an ETag");
      contact.etag = etag;
    }
  }

  next(): Uint8Array {
    this.#index = (this.#index + 1) % this.#contacts.length;
    const { path = "", etag = "" } = this.#contacts[this.#index] ?? {};
    const body = JSON.stringify({ name: `Renamed ${++this.#count}`, age: 1 + this.#count % 150 });
    const headers = { "Content-Type": "application/merge-patch+json", "If-Match": etag };
    return request("PATCH", path, { headers, body });
  }

  answered({ etag }: Answer): void {
    const contact = this.#contacts[this.#index];
    if (contact !== undefined && etag !== undefined) contact.etag = etag;
  }
}

/** Number of requests of one connection that are repeated. */
const REPLAYED = 32;

class ReplaySource implements RequestSource {
  readonly #requests: readonly Uint8Array[];
  #index = -1;

  constructor(next: () => Uint8Array) {
    this.#requests = Array.from({ length: REPLAYED }, next);
  }

  async prepare(exchange: (request: Uint8Array) => Promise<Answer>): Promise<void> {
    for (const bytes of this.#requests) {
      const { status } = await exchange(bytes);
      if (status !== 201) {
        throw new Error(`Preparing the replays failed: a request was answered with ${status}`);
      }
    }
  }

  next(): Uint8Array {
    this.#index = (this.#index + 1) % this.#requests.length;
    return this.#requests[this.#index] ?? new Uint8Array();
  }
}

/** A request with a new idempotency key. */
function keyedPost(path: string, body: string): Uint8Array {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() };
  return request("POST", path, { headers, body });
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
