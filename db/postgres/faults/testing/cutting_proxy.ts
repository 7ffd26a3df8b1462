import { join } from "node:path";
import type { InstanceConfig } from "../../pool_config.ts";

/** TCP proxy of a server that splits what it passes on at any byte, and cuts each connection after any number of bytes. */
export class CuttingProxy implements Disposable {
  /** Address of the server through it. */
  readonly instance: InstanceConfig;
  /** Number of connections that were cut. */
  cuts = 0;
  /** Whether connections are cut. */
  isCutting = false;
  readonly #server: InstanceConfig;
  readonly #listener: Deno.TcpListener;
  readonly #open = new Set<Deno.Conn>();

  constructor(server: InstanceConfig) {
    this.#server = server;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.instance = { ...server, host: "127.0.0.1", port: this.#listener.addr.port };
    void this.#accept();
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    this.#close([...this.#open]);
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) void this.#relay(client).catch(() => {});
  }

  async #relay(client: Deno.Conn): Promise<void> {
    const { host, port } = this.#server;
    const server = await Deno.connect({ transport: "unix", path: join(host, `.s.PGSQL.${port}`) });
    const both = [client, server];
    for (const each of both) this.#open.add(each);
    // Mostly among small messages, sometimes in the middle of a long response.
    let left = Math.floor(10 ** (2 + 3.5 * Math.random()));
    const pass = async (from: Deno.Conn, to: Deno.Conn): Promise<void> => {
      const bytes = new Uint8Array(65_536);
      for (let size = await from.read(bytes); size !== null; size = await from.read(bytes)) {
        const end = this.isCutting ? Math.min(size, left) : size;
        if (this.isCutting) left -= size;
        for (let start = 0; start < end;) {
          const stop = Math.min(end, start + 1 + Math.floor(Math.random() * 2 * size));
          start += await to.write(bytes.subarray(start, stop));
        }
        if (left >= 0) continue;
        this.cuts++;
        return;
      }
    };
    try {
      await Promise.race([pass(client, server), pass(server, client)]);
    } finally {
      this.#close(both);
    }
  }

  #close(connections: readonly Deno.Conn[]): void {
    for (const each of connections) if (this.#open.delete(each)) each.close();
  }
}
