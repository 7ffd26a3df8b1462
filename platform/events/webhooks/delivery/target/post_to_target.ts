import { readResponseHead, type ResponseHead } from "./read_response_head.ts";
import { type ResolveOptions, resolveTarget } from "./resolve_target.ts";
import { TargetConnection } from "./target_connection.ts";

/** Options of a post. */
export interface PostOptions extends ResolveOptions {
  /** Header fields, sent unescaped. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Aborts the request. */
  readonly signal: AbortSignal;
  /** Certificates to trust, in PEM. @default those of the platform */
  readonly ca?: string;
}

/** Maximum part of a response body that is read, in bytes. It is ignored, but some servers fail if nothing reads it. */
const MAX_READ_BYTES = 16_384;

/** Time limit for reading a body, in milliseconds: without a Content-Length it ends with the connection. */
const MAX_READ_MS = 1_000;

/**
 * Posts to a target, over a new connection to one of its checked addresses, and returns the status of the response and
 * its Retry-After. Redirects are not followed.
 *
 * @throws {TargetError}
 */
export async function postToTarget(
  url: URL,
  options: PostOptions,
): Promise<Pick<ResponseHead, "status" | "retryAfter">> {
  const { headers, body, signal, ca } = options;
  const addresses = await resolveTarget(url, options);
  using connection = await TargetConnection.open(url, { addresses, signal, ca });
  await connection.write(requestBytes(url, headers, body));
  const { status, retryAfter, remaining = Infinity } = await readResponseHead(connection);
  await drain(connection, Math.min(remaining, MAX_READ_BYTES));
  return { status, ...(retryAfter !== undefined && { retryAfter }) };
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

/** Reads up to a number of bytes. Errors are ignored, as the status is already known. */
async function drain(connection: TargetConnection, maxBytes: number): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), MAX_READ_MS);
  try {
    for (let left = maxBytes; left > 0;) {
      const chunk = await Promise.race([connection.read().catch(() => null), late]);
      if (chunk === null) break;
      left -= chunk.length;
    }
  } finally {
    clearTimeout(timer);
  }
}
