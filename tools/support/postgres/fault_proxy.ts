import { join } from "node:path";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";

/** Proxy of a server that closes connections which send a text, a limited number of times. */
export class FaultProxy implements AsyncDisposable {
  readonly #listener: Deno.UnixListener;
  readonly #connections = new Set<Deno.UnixConn>();
  left: number;

  constructor(
    readonly instance: InstanceConfig,
    private readonly server: InstanceConfig,
    { text, times }: { readonly text: string; readonly times: number },
  ) {
    this.left = times;
    const path = join(instance.host, `.s.PGSQL.${instance.port}`);
    this.#listener = Deno.listen({ transport: "unix", path });
    void this.#serve(text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#connections) close(connection);
    await Deno.remove(this.instance.host, { recursive: true });
  }

  async #serve(text: string): Promise<void> {
    for await (const client of this.#listener) {
      const path = join(this.server.host, `.s.PGSQL.${this.server.port}`);
      const server = await Deno.connect({ transport: "unix", path });
      for (const each of [client, server]) this.#connections.add(each);
      void this.#pass(server, client, () => false);
      void this.#pass(
        client,
        server,
        (bytes) => this.left > 0 && new TextDecoder().decode(bytes).includes(text),
      );
    }
  }

  async #pass(
    from: Deno.UnixConn,
    to: Deno.UnixConn,
    isCut: (bytes: Uint8Array) => boolean,
  ): Promise<void> {
    const writer = to.writable.getWriter();
    try {
      for await (const bytes of from.readable) {
        if (isCut(bytes)) {
          this.left--;
          break;
        }
        await writer.write(bytes);
      }
    } catch {
      // When one side closes, the other is closed as well.
    } finally {
      close(from);
      close(to);
    }
  }
}

function close(connection: Deno.UnixConn): void {
  try {
    connection.close();
  } catch {
    // Already closed.
  }
}
