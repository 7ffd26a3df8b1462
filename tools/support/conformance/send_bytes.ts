import { bytesOf } from "./row.ts";
import { type ParsedResponses, parseResponses } from "./parse_responses.ts";

/** Behaviour of the client. */
export interface SendOptions {
  /** Behaviour when everything is sent; see `Row.client`. */
  readonly client: "reads" | "leaves" | "ends";
  /** Everything has to be over by then. */
  readonly timeoutMs: number;
}

/** Responses to the bytes that were sent. */
export interface Received extends ParsedResponses {
  /** Whether the time passed before the client had what it waited for. */
  readonly hung: boolean;
}

/**
 * Sends byte texts over a connection of their own and reads what comes back.
 *
 * @throws {MalformedResponse} when that is not HTTP.
 * @throws {Deno.errors.ConnectionRefused} and the like when no server listens.
 */
export async function sendBytes(
  origin: URL,
  pieces: readonly string[],
  { client, timeoutMs }: SendOptions,
): Promise<Received> {
  const connection = await connect(origin);
  let hung = false;
  const timer = setTimeout(() => {
    hung = true;
    close(connection);
  }, timeoutMs);
  try {
    // Not waited for: a server that has seen enough responses and closes while the rest is still being sent.
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

async function connect({ protocol, hostname, port }: URL): Promise<Deno.Conn> {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  if (protocol === "https:") return await Deno.connectTls({ hostname: host, port: Number(port || 443) });
  return await Deno.connect({ hostname: host, port: Number(port || 80) });
}

async function writeAll(connection: Deno.Conn, pieces: readonly string[], ends: boolean): Promise<void> {
  try {
    for (const piece of pieces) {
      const bytes = bytesOf(piece);
      for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
      // A piece is a piece: the event loop turns, and the bytes go out on their own.
      await new Promise((resolve) => setTimeout(resolve));
    }
    if (ends) await connection.closeWrite();
  } catch {
    // The server has closed; what it said before that is what counts.
  }
}

async function readResponses(
  connection: Deno.Conn,
  { bodiless, leaves }: { bodiless: boolean; leaves: boolean },
): Promise<ParsedResponses> {
  const buffer = new Uint8Array(65_536);
  let bytes = new Uint8Array();
  for (;;) {
    const count = await connection.read(buffer).catch(() => null);
    if (count !== null) {
      const longer = new Uint8Array(bytes.length + count);
      longer.set(bytes);
      longer.set(buffer.subarray(0, count), bytes.length);
      bytes = longer;
    }
    const parsed = parseResponses(bytes, { bodiless, ended: count === null });
    if (count === null || (leaves && parsed.responses.length > 0)) return parsed;
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It is closed already.
  }
}
