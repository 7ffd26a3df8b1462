import type { ParsedResponse } from "./response_parser.ts";
import type { Client } from "./run_load.ts";

/** Sends the bytes of a request and resolves with its response. */
type Exchange = (request: Uint8Array) => Promise<ParsedResponse>;

/** One of the connections that share a load. */
export interface Share {
  readonly connection: number;
  readonly connections: number;
}

/** Returns a client that sends the requests of a load over one connection, once it has sent preparing ones. */
export type Workload = (exchange: Exchange, share: Share) => Client | Promise<Client>;

const JSON_TYPE = { "Content-Type": "application/json" };
const ALONE = { connection: 0, connections: 1 };

/** Number of requests of one connection that are replayed. */
const REPLAYED = 32;

/** Reads paths in turn; every connection begins at another one. */
export function reads(paths: readonly string[]): Workload {
  const requests = paths.map((path) => encode("GET", path));
  return (exchange, share) => sender(exchange, inTurn(requests, share));
}

/** Reads several paths one after the other, as one request of the load. */
export function readsTogether(paths: readonly string[]): Workload {
  const requests = paths.map((path) => encode("GET", path));
  return (exchange) => async () => {
    let worst = 0;
    for (const request of requests) worst = Math.max(worst, (await exchange(request)).status);
    return worst;
  };
}

/** Posts bodies in turn; every connection begins at another one. */
export function posts(
  path: string,
  bodies: readonly string[],
  headers: Readonly<Record<string, string>> = {},
): Workload {
  const requests = bodies.map((body) => encode("POST", path, { ...JSON_TYPE, ...headers }, body));
  return (exchange, share) => sender(exchange, inTurn(requests, share));
}

/** Creates contacts, or items with the same properties, with e-mail addresses that no other connection or load has. */
export function creations(path: string): Workload {
  return (exchange) => {
    const nonce = crypto.randomUUID();
    let count = 0;
    return sender(exchange, () => {
      const email = `${nonce}-${count++}@example.com`;
      const body = { name: `Contact ${count}`, email, age: 1 + count % 150 };
      return encode("POST", path, JSON_TYPE, JSON.stringify(body));
    });
  };
}

/** Patches contacts with their current ETag; no two connections patch the same one. */
export function patches(paths: readonly string[]): Workload {
  return async (exchange, { connection, connections }) => {
    const contacts: { readonly path: string; etag: string }[] = [];
    for (const path of paths.filter((_, index) => index % connections === connection)) {
      const { etag } = await exchange(encode("GET", path));
      if (etag === undefined) throw new Error("Preparing the patches failed: a contact has no ETag");
      contacts.push({ path, etag });
    }
    const next = inTurn(contacts, ALONE);
    let count = 0;
    return async () => {
      const contact = next();
      const headers = { "Content-Type": "application/merge-patch+json", "If-Match": contact.etag };
      const body = JSON.stringify({ name: `Renamed ${++count}`, age: 1 + count % 150 });
      const { status, etag = contact.etag } = await exchange(encode("PATCH", contact.path, headers, body));
      contact.etag = etag;
      return status;
    };
  };
}

/** Posts bodies in turn, each time under a new idempotency key; every connection begins at another one. */
export function keyedPosts(path: string, bodies: readonly string[]): Workload {
  return (exchange, share) => sender(exchange, nextKeyed(path, inTurn(bodies, share)));
}

/** Posts some of the bodies first, and then again and again under the same keys. */
export function replays(path: string, bodies: readonly string[]): Workload {
  return async (exchange, share) => {
    const posts = Array.from({ length: REPLAYED }, nextKeyed(path, inTurn(bodies, share)));
    for (const post of posts) {
      const { status } = await exchange(post);
      if (status !== 201) throw new Error(`Preparing the replays failed with status ${status}`);
    }
    return sender(exchange, inTurn(posts, ALONE));
  };
}

function sender(exchange: Exchange, next: () => Uint8Array): Client {
  return async () => (await exchange(next())).status;
}

function nextKeyed(path: string, body: () => string): () => Uint8Array {
  return () => encode("POST", path, { ...JSON_TYPE, "Idempotency-Key": crypto.randomUUID() }, body());
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

const ENCODER = new TextEncoder();

/** Returns the bytes of a request; its body is ASCII. */
function encode(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body = "",
): Uint8Array {
  const fields = { Host: "127.0.0.1", Accept: "application/json", ...headers };
  const lines = Object.entries(body === "" ? fields : { ...fields, "Content-Length": body.length });
  return ENCODER.encode(
    `${method} ${path} HTTP/1.1\r\n${lines.map((line) => `${line.join(": ")}\r\n`).join("")}\r\n${body}`,
  );
}
