import { join } from "node:path";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";

/**
 * TCP proxy of a server that can stop passing bytes on without closing a connection, as a network does that drops
 * packets. Connections made in the silence are accepted and get no response, either.
 */
export class SilentProxy implements AsyncDisposable {
  /** Address of the server through it. */
  readonly instance: InstanceConfig;
  readonly #listener: Deno.TcpListener;
  readonly #connections = new Set<Deno.Conn>();
  /** Connections to the server. */
  readonly #toServer = new Map<Deno.Conn, AbortSignal>();
  #server: InstanceConfig;
  /** Aborts when the connections of this period get silent. */
  #silence = new AbortController();
  #isSilent = false;
  /** Number of connections that clients have opened. */
  accepted = 0;
  /** Number of those made in the silence that clients have not closed. */
  hanging = 0;

  constructor(server: InstanceConfig, hostname = "127.0.0.1", port = 0) {
    this.#server = server;
    this.#listener = Deno.listen({ hostname, port });
    this.instance = { ...server, host: hostname, port: this.#listener.addr.port };
    void this.#accept();
  }

  /** Drops what is sent on all connections. */
  silence(): void {
    this.#isSilent = true;
    this.forget();
  }

  /** Drops what is sent on existing connections, as a NAT does that has restarted. */
  forget(): void {
    this.#silence.abort();
    this.#silence = new AbortController();
  }

  /** Closes those connections to the server whose other side is silent, as the server does after its keepalive. */
  closeSilenced(): void {
    for (const [server, silence] of this.#toServer) {
      if (!silence.aborted) continue;
      close(server);
      this.#toServer.delete(server);
    }
  }

  /** Leads new connections to a server, as a name does that has moved. */
  moveTo(server: InstanceConfig): void {
    this.#server = server;
    this.#isSilent = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#connections) close(connection);
    await Promise.resolve();
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) {
      this.#connections.add(client);
      this.accepted++;
      if (this.#isSilent) void this.#hang(client);
      else void this.#relay(client, this.#silence.signal);
    }
  }

  async #hang(client: Deno.Conn): Promise<void> {
    this.hanging++;
    try {
      await client.readable.pipeTo(new WritableStream());
    } catch {
      // The client has reset it.
    }
    this.hanging--;
  }

  async #relay(client: Deno.Conn, silence: AbortSignal): Promise<void> {
    const { host, port } = this.#server;
    const connecting: Promise<Deno.Conn> = host.startsWith("/")
      ? Deno.connect({ transport: "unix", path: join(host, `.s.PGSQL.${port}`) })
      : Deno.connect({ hostname: host, port });
    // A server that does not run refuses connections.
    const server = await connecting.catch(() => undefined);
    if (server === undefined) return close(client);
    this.#connections.add(server);
    this.#toServer.set(server, silence);
    await Promise.all([pass(client, server, silence), pass(server, client, silence)]);
    if (!silence.aborted) this.#toServer.delete(server);
  }
}

/** Passes bytes on until one side closes; after the silence it reads them and drops them. */
async function pass(from: Deno.Conn, to: Deno.Conn, silence: AbortSignal): Promise<void> {
  const writer = to.writable.getWriter();
  try {
    for await (const bytes of from.readable) {
      if (!silence.aborted) await writer.write(bytes);
    }
  } catch {
    // One side was reset.
  }
  // In the silence the end does not arrive, either.
  if (silence.aborted) return;
  close(from);
  close(to);
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // Already closed.
  }
}
