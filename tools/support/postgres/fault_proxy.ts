import { join } from "node:path";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";

/** Options of a {@link FaultProxy}. */
interface FaultProxyOptions {
  /** Text of the client at which a connection is closed. */
  readonly text: string;
  /** Maximum number of connections that are closed. */
  readonly times: number;
  /**
   * Text of the server at which the connection is closed, once the client has sent the other one. Without it, the server
   * does not receive what the client sent with its text.
   */
  readonly response?: string;
}

/** Proxy of a server that closes connections at a text, before or after the server has responded to it. */
export class FaultProxy implements AsyncDisposable {
  readonly #listener: Deno.UnixListener;
  readonly #connections = new Set<Deno.UnixConn>();
  left: number;

  constructor(
    readonly instance: InstanceConfig,
    private readonly server: InstanceConfig,
    private readonly options: FaultProxyOptions,
  ) {
    this.left = options.times;
    const path = join(instance.host, `.s.PGSQL.${instance.port}`);
    this.#listener = Deno.listen({ transport: "unix", path });
    void this.#serve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#connections) close(connection);
    await Deno.remove(this.instance.host, { recursive: true });
  }

  async #serve(): Promise<void> {
    const { text, response } = this.options;
    for await (const client of this.#listener) {
      const path = join(this.server.host, `.s.PGSQL.${this.server.port}`);
      const server = await Deno.connect({ transport: "unix", path });
      for (const each of [client, server]) this.#connections.add(each);
      let isMarked = false;
      void this.#pass(
        server,
        client,
        (bytes) => isMarked && response !== undefined && includes(bytes, response),
      );
      void this.#pass(client, server, (bytes) => {
        isMarked = isMarked || (this.left > 0 && includes(bytes, text));
        return isMarked && response === undefined;
      });
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

function includes(bytes: Uint8Array, text: string): boolean {
  return new TextDecoder().decode(bytes).includes(text);
}

function close(connection: Deno.UnixConn): void {
  try {
    connection.close();
  } catch {
    // Already closed.
  }
}
