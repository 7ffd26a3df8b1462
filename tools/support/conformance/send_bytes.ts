import { parseAnswers, type ParsedAnswers } from "./parse_answers.ts";

/** How bytes are sent. */
export interface SendOptions {
  /** What the client does when everything is sent; see `Row.client`. */
  readonly client: "reads" | "leaves" | "ends";
  /** Everything has to be over by then. */
  readonly timeoutMs: number;
}

/** What came of them. */
export interface Received extends ParsedAnswers {
  /** Whether the time passed before the client had what it waited for. */
  readonly hung: boolean;
}

/**
 * Sends byte texts over a connection of their own and reads what comes back.
 *
 * @throws {MalformedAnswer} when that is not HTTP.
 * @throws {Deno.errors.ConnectionRefused} and the like when there is nobody to talk to.
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
    // Not waited for: a server that has seen enough answers and closes while the rest is still being sent.
    const sent = writeAll(connection, pieces, client === "ends");
    const bodiless = pieces[0]?.startsWith("HEAD ") === true;
    const received = await readAnswers(connection, { bodiless, leaves: client === "leaves" });
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
      const bytes = Uint8Array.from(piece, (character) => character.charCodeAt(0));
      for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
      // A piece is a piece: the event loop turns, and the bytes go out on their own.
      await new Promise((resolve) => setTimeout(resolve));
    }
    if (ends) await connection.closeWrite();
  } catch {
    // The server has closed; what it said before that is what counts.
  }
}

async function readAnswers(
  connection: Deno.Conn,
  { bodiless, leaves }: { bodiless: boolean; leaves: boolean },
): Promise<ParsedAnswers> {
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
    const parsed = parseAnswers(bytes, { bodiless, ended: count === null });
    if (count === null || (leaves && parsed.answers.length > 0)) return parsed;
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It is closed already.
  }
}
