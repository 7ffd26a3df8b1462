import { MalformedResponse, type ParsedResponses, parseResponses } from "./parse_responses.ts";
import { bytesOf } from "./row.ts";

/** Maximum size of the responses to a row. Several rows are sent at a time, and each is parsed as it comes. */
const MAX_BYTES = 4 * 1_048_576;

/** Behaviour of the client. */
export interface SendOptions {
  /** Behaviour when everything is sent; see `Row.client`. */
  readonly client: "reads" | "leaves" | "ends";
  /** Maximum time of everything. */
  readonly timeoutMs: number;
}

/** Responses to the bytes that were sent. */
export interface Received extends ParsedResponses {
  /** Whether the time passed before the client had what it waited for. */
  readonly hung: boolean;
}

/**
 * Sends byte texts over a connection of their own and reads the responses.
 *
 * @throws {MalformedResponse} when they are no HTTP.
 * @throws {Deno.errors.ConnectionRefused} and the like when no server listens.
 */
export async function sendBytes(
  { protocol, hostname, port }: URL,
  pieces: readonly string[],
  { client, timeoutMs }: SendOptions,
): Promise<Received> {
  const address = { hostname: hostname.replace(/^\[(.*)\]$/, "$1") };
  const connection = protocol === "https:"
    ? await Deno.connectTls({ ...address, port: Number(port || 443) })
    : await Deno.connect({ ...address, port: Number(port || 80) });
  let hung = false;
  const timer = setTimeout(() => {
    hung = true;
    close(connection);
  }, timeoutMs);
  try {
    // Not awaited: a server that has seen enough responds and closes while the rest is still being sent.
    const sent = writeAll(connection, pieces, client === "ends");
    const bodiless = pieces[0]?.startsWith("HEAD ") === true;
    const received = await readResponses(connection, { bodiless, leaves: client === "leaves" });
    close(connection);
    await sent;
    return { ...received, hung };
  } finally {
    clearTimeout(timer);
    close(connection);
  }
}

async function writeAll(connection: Deno.Conn, pieces: readonly string[], ends: boolean): Promise<void> {
  try {
    for (const piece of pieces) {
      const bytes = bytesOf(piece);
      for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
      // The event loop turns, so that each piece goes out on its own.
      await new Promise((resolve) => setTimeout(resolve));
    }
    if (ends) await connection.closeWrite();
  } catch {
    // The server has closed; its responses before that count.
  }
}

async function readResponses(
  connection: Deno.Conn,
  { bodiless, leaves }: { bodiless: boolean; leaves: boolean },
): Promise<ParsedResponses> {
  const buffer = new Uint8Array(65_536);
  let bytes = new Uint8Array();
  let next = 0;
  for (;;) {
    const count = await connection.read(buffer).catch(() => null);
    if (count !== null) bytes = concat(bytes, buffer.subarray(0, count));
    if (bytes.length > MAX_BYTES) throw new MalformedResponse(`More than ${MAX_BYTES} bytes came`);
    // Not at each piece of a long response, of which parsing takes longer and longer.
    if (count !== null && !leaves && bytes.length < next) continue;
    next = 2 * bytes.length;
    const parsed = parseResponses(bytes, { bodiless, ended: count === null });
    if (count === null || (leaves && parsed.responses.length > 0)) return parsed;
  }
}

function concat(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(one.length + other.length);
  all.set(one);
  all.set(other, one.length);
  return all;
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It is closed already.
  }
}
