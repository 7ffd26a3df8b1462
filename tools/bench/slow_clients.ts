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

/** Connections that occupy a server with heads that never end; half of them grow by a byte a second. */
class SlowClients {
  readonly #growing = new Set<Deno.TcpConn>();
  readonly #target: Target;
  /** Connections that the server has ended. */
  ended = 0;

  constructor(target: Target) {
    this.#target = target;
  }

  async start({ count, spreadMs }: AttackCommand): Promise<void> {
    const start = performance.now();
    for (let index = 0; index < count; index++) {
      const early = start + spreadMs * index / count - performance.now();
      if (early > 1) await new Promise((resolve) => setTimeout(resolve, early));
      await this.#connect(index % 2 === 0);
    }
    setInterval(() => {
      for (const connection of this.#growing) connection.write(BYTE).catch(() => {});
    }, 1000);
  }

  async #connect(grows: boolean): Promise<void> {
    const connection = await Deno.connect(this.#target);
    await connection.write(HEAD);
    if (grows) this.#growing.add(connection);
    void this.#untilEnd(connection).then(() => {
      this.ended++;
      this.#growing.delete(connection);
      connection.close();
      return this.#connect(grows);
    });
  }

  async #untilEnd(connection: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(1024);
    while (await connection.read(buffer).catch(() => null) !== null);
  }
}

// A process of its own, whose work is in no measurement of the server.
if (import.meta.main) {
  let clients: SlowClients | undefined;
  await respondToCommands(async (command: AttackCommand) => {
    if (clients === undefined) {
      clients = new SlowClients(command.target);
      await clients.start(command);
    }
    return clients.ended;
  });
  Deno.exit();
}
