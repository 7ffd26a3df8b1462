import { readResponseHead } from "./read_response_head.ts";
import { type ResolveOptions, resolveTarget } from "./resolve_target.ts";
import { TargetConnection } from "./target_connection.ts";

/** What is posted, and how. */
export interface PostOptions extends ResolveOptions {
  /** Names and values that need no escaping. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** When it is given up. */
  readonly signal: AbortSignal;
  /** Certificates to trust, in PEM; absent: those that the platform trusts. */
  readonly ca?: string;
}

/** So much of an answer's body is read, in bytes; what it says is of no interest, but some take it ill not to be heard. */
const MAX_READ_BYTES = 16_384;

/** How long it may take, in milliseconds: where the answer does not say how long it is, it ends with the connection. */
const MAX_READ_MS = 1_000;

/**
 * Posts to a target, over a connection of its own to one of the addresses that were checked, and gives the status of the
 * answer. No redirect is followed.
 *
 * @throws {TargetError}
 */
export async function postToTarget(url: URL, options: PostOptions): Promise<number> {
  const { headers, body, signal, ca } = options;
  const addresses = await resolveTarget(url, options);
  using connection = await TargetConnection.open(url, { addresses, signal, ca });
  await connection.write(requestBytes(url, headers, body));
  const { status, remaining = Infinity } = await readResponseHead(connection);
  await drain(connection, Math.min(remaining, MAX_READ_BYTES));
  return status;
}

function requestBytes(url: URL, headers: Readonly<Record<string, string>>, body: string): Uint8Array {
  const encoder = new TextEncoder();
  const bytes = encoder.encode(body);
  const fields = { Host: url.host, ...headers, "Content-Length": String(bytes.length), Connection: "close" };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = encoder.encode(`POST ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join("")}\r\n`);
  const request = new Uint8Array(head.length + bytes.length);
  request.set(head);
  request.set(bytes, head.length);
  return request;
}

/** Reads so many bytes at the most. The status was said before, so nothing that goes wrong here changes it. */
async function drain(connection: TargetConnection, most: number): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), MAX_READ_MS);
  try {
    for (let left = most; left > 0;) {
      const chunk = await Promise.race([connection.read().catch(() => null), late]);
      if (chunk === null) break;
      left -= chunk.length;
    }
  } finally {
    clearTimeout(timer);
  }
}
