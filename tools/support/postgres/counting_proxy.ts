import { join } from "node:path";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";

/**
 * Proxy of a server, on a Unix socket, that counts what clients send: a client that waits for each response sends one piece
 * for each round trip.
 */
export class CountingProxy implements AsyncDisposable {
  /** Address of the server through it. */
  readonly instance: InstanceConfig;
  /** Number of pieces that clients have sent. */
  sent = 0;
  readonly #listener: Deno.UnixListener;
  readonly #server: InstanceConfig;
  readonly #relays = new Set<Promise<unknown>>();

  private constructor(host: string, server: InstanceConfig) {
    this.#server = server;
    this.instance = { ...server, host, port: 5432 };
    this.#listener = Deno.listen({ transport: "unix", path: join(host, ".s.PGSQL.5432") });
    void this.#serve();
  }

  /** Starts it in front of a server with a Unix socket. */
  static async start(server: InstanceConfig): Promise<CountingProxy> {
    return new CountingProxy(await Deno.makeTempDir({ prefix: "archway_test_" }), server);
  }

  /** Ends it when its clients have closed their connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await Promise.all(this.#relays);
    await Deno.remove(this.instance.host, { recursive: true });
  }

  async #serve(): Promise<void> {
    for await (const client of this.#listener) {
      const { host, port } = this.#server;
      const server = await Deno.connect({ transport: "unix", path: join(host, `.s.PGSQL.${port}`) });
      const count = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
        transform: (piece, controller): void => {
          this.sent++;
          controller.enqueue(piece);
        },
      });
      this.#relays.add(Promise.allSettled([
        client.readable.pipeThrough(count).pipeTo(server.writable),
        server.readable.pipeTo(client.writable),
      ]));
    }
  }
}
