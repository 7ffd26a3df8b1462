import type { ParsedResponse } from "./response_parser.ts";
import type { Client } from "./run_load.ts";

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

/** One of the connections that share a load. */
export interface Share {
  readonly connection: number;
  readonly connections: number;
}

type Exchange = (request: Uint8Array) => Promise<ParsedResponse>;

const ALONE = { connection: 0, connections: 1 };

/** Number of requests of one connection that are replayed. */
const REPLAYED = 32;

/** Returns a client that sends the requests of a workload over one connection, once it has sent preparing ones. */
export async function workloadClient(workload: Workload, exchange: Exchange, share: Share): Promise<Client> {
  const send = (next: () => Uint8Array): Client => async () => (await exchange(next())).status;
  switch (workload.kind) {
    case "read":
      return send(inTurn(workload.paths.map((path) => encode("GET", path)), share));
    case "create":
      return send(creations(workload.path));
    case "patch":
      return await patchClient(
        workload.paths.filter((_, index) => index % share.connections === share.connection),
        exchange,
      );
    case "post":
      return send(keyedPosts(workload.path, inTurn(workload.bodies, share)));
    case "replay": {
      const posts = Array.from(
        { length: REPLAYED },
        keyedPosts(workload.path, inTurn(workload.bodies, share)),
      );
      for (const post of posts) {
        const { status } = await exchange(post);
        if (status !== 201) throw new Error(`Preparing the replays failed with status ${status}`);
      }
      return send(inTurn(posts, ALONE));
    }
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
    return encode("POST", path, { "Content-Type": "application/json" }, body);
  };
}

async function patchClient(paths: readonly string[], exchange: Exchange): Promise<Client> {
  const contacts: { readonly path: string; etag: string }[] = [];
  for (const path of paths) {
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
}

/** Returns requests with a new idempotency key each. */
function keyedPosts(path: string, body: () => string): () => Uint8Array {
  return () => {
    const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() };
    return encode("POST", path, headers, body());
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
