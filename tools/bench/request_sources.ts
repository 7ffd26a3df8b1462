import type { RequestSource } from "./run_load.ts";

/** Requests that a load consists of. */
export type Workload =
  /** Reads the paths in turn; every connection begins at another one. */
  | { readonly kind: "read"; readonly paths: readonly string[] }
  /** Creates contacts, or items with the same properties, with e-mail addresses that no other load has. */
  | { readonly kind: "create"; readonly path: string }
  /** Patches contacts with their current ETag; no two connections patch the same one. */
  | { readonly kind: "patch"; readonly paths: readonly string[] }
  /** Posts the bodies in turn, each time under a new idempotency key; every connection begins at another one. */
  | { readonly kind: "post"; readonly path: string; readonly bodies: readonly string[] }
  /** Posts some of the bodies first, and then again and again under the same keys. */
  | { readonly kind: "replay"; readonly path: string; readonly bodies: readonly string[] };

const ENCODER = new TextEncoder();

/** One of the connections that share a load. */
export interface Share {
  readonly connection: number;
  readonly connections: number;
}

/** Returns the requests of a workload for one connection. */
export function requestSource(workload: Workload, share: Share): RequestSource {
  switch (workload.kind) {
    case "read":
      return { next: inTurn(workload.paths.map((path) => request("GET", path)), share) };
    case "create":
      return { next: creations(workload.path) };
    case "patch":
      return patchSource(workload.paths.filter((_, index) => index % share.connections === share.connection));
    case "post":
      return { next: keyedPosts(workload, share) };
    case "replay":
      return replaySource(keyedPosts(workload, share));
  }
}

/** Returns the items one after the other, again and again, for every connection from another one on. */
function inTurn<T>(items: readonly T[], { connection, connections }: Share): () => T {
  let index = Math.floor(connection * items.length / connections);
  return () => {
    const item = items[index];
    if (item === undefined) throw new Error("The workload has no requests");
    index = (index + 1) % items.length;
    return item;
  };
}

function creations(path: string): () => Uint8Array {
  // One for each connection of each round: a workload is sent again and again, and an address is taken once.
  const nonce = crypto.randomUUID();
  let count = 0;
  return () => {
    const email = `${nonce}-${count++}@example.com`;
    const body = JSON.stringify({ name: `Contact ${count}`, email, age: 1 + count % 150 });
    return request("POST", path, { headers: { "Content-Type": "application/json" }, body });
  };
}

function patchSource(paths: readonly string[]): RequestSource {
  const contacts = paths.map((path) => ({ path, etag: "" }));
  const next = inTurn(contacts, { connection: 0, connections: 1 });
  let count = 0;
  let current = contacts[0];
  return {
    prepare: async (exchange) => {
      for (const contact of contacts) {
        const { etag } = await exchange(request("GET", contact.path));
        if (etag === undefined) throw new Error("Preparing the patches failed: a contact has no ETag");
        contact.etag = etag;
      }
    },
    next: () => {
      const { path, etag } = current = next();
      const body = JSON.stringify({ name: `Renamed ${++count}`, age: 1 + count % 150 });
      const headers = { "Content-Type": "application/merge-patch+json", "If-Match": etag };
      return request("PATCH", path, { headers, body });
    },
    received: ({ etag }) => {
      if (current !== undefined && etag !== undefined) current.etag = etag;
    },
  };
}

/** Number of requests of one connection that are repeated. */
const REPLAYED = 32;

function replaySource(nextPost: () => Uint8Array): RequestSource {
  const requests = Array.from({ length: REPLAYED }, nextPost);
  return {
    prepare: async (exchange) => {
      for (const bytes of requests) {
        const { status } = await exchange(bytes);
        if (status !== 201) throw new Error(`Preparing the replays failed with status ${status}`);
      }
    },
    next: inTurn(requests, { connection: 0, connections: 1 }),
  };
}

/** Returns requests with a new idempotency key each. */
function keyedPosts(
  { path, bodies }: { readonly path: string; readonly bodies: readonly string[] },
  share: Share,
): () => Uint8Array {
  const next = inTurn(bodies, share);
  return () => {
    const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() };
    return request("POST", path, { headers, body: next() });
  };
}

interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Returns the bytes of a request; its body is ASCII. */
function request(method: string, path: string, { headers = {}, body }: RequestOptions = {}): Uint8Array {
  let text = `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n`;
  for (const [name, value] of Object.entries(headers)) text += `${name}: ${value}\r\n`;
  if (body !== undefined) text += `Content-Length: ${body.length}\r\n`;
  return ENCODER.encode(`${text}\r\n${body ?? ""}`);
}
