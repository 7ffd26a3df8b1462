import { takeStartupPacket } from "./frontend_messages.ts";
import { type Execute, SessionScheduler, type SessionSchedulerOptions } from "./session_scheduler.ts";
import type { ClientSession } from "./client_session.ts";

/** Options of a {@link SocketServer}. */
export interface SocketServerOptions extends SessionSchedulerOptions {
  /** Executes messages in the session. */
  readonly execute: Execute;
  /** Response to a startup packet: authentication, parameters, ready. */
  readonly greeting: Uint8Array;
}

/** Serves one session to all clients of a Unix socket. */
export class SocketServer implements AsyncDisposable {
  readonly #listener: Deno.UnixListener;
  readonly #options: SocketServerOptions;
  readonly #scheduler: SessionScheduler;
  readonly #connections = new Map<Deno.UnixConn, Promise<void>>();
  readonly #accepting: Promise<void>;

  constructor(path: string, options: SocketServerOptions) {
    this.#options = options;
    this.#scheduler = new SessionScheduler(options.execute, options);
    this.#listener = Deno.listen({ transport: "unix", path });
    this.#accepting = this.#accept();
  }

  /** Runs a function while no client uses the session, and returns its result. */
  exclusive<T>(run: () => Promise<T>): Promise<T> {
    return this.#scheduler.exclusive(run);
  }

  /** Closes the connections of all clients. */
  disconnect(): void {
    for (const connection of this.#connections.keys()) close(connection);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    this.disconnect();
    await Promise.all(this.#connections.values());
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) {
      const served = this.#serve(connection).finally(() => this.#connections.delete(connection));
      this.#connections.set(connection, served);
    }
  }

  async #serve(connection: Deno.UnixConn): Promise<void> {
    const outbox = new Outbox(connection);
    let session: ClientSession | undefined;
    try {
      const first = await this.#start(connection, outbox);
      if (first === undefined) return;
      session = this.#scheduler.join({
        send: (response) => outbox.send(response),
        close: () => outbox.close(),
      });
      session.receive(first);
      const buffer = new Uint8Array(64 * 1024);
      for (let size = await connection.read(buffer); size !== null; size = await connection.read(buffer)) {
        session.receive(buffer.subarray(0, size));
      }
    } catch {
      // A broken connection is handled as its end.
    } finally {
      session?.leave();
      close(connection);
    }
  }

  /** Handles startup packets and returns the bytes after them; undefined without a session. */
  async #start(connection: Deno.UnixConn, outbox: Outbox): Promise<Uint8Array | undefined> {
    let buffer: Uint8Array = new Uint8Array(0);
    const chunk = new Uint8Array(4 * 1024);
    while (true) {
      const taken = takeStartupPacket(buffer);
      if (taken === undefined) {
        const size = await connection.read(chunk);
        if (size === null) return undefined;
        buffer = Uint8Array.from([...buffer, ...chunk.subarray(0, size)]);
        continue;
      }
      buffer = taken.rest;
      switch (taken.value) {
        case "encryption":
          outbox.send(Uint8Array.of(0x4e)); // "N": not supported
          break;
        case "startup":
          outbox.send(this.#options.greeting);
          return buffer;
        default:
          // PGlite cannot cancel a statement. Closing the connection confirms that the request was read.
          return undefined;
      }
    }
  }
}

/** Maximum time in which a client that is disconnected reads the rest, in milliseconds. */
const MAX_CLOSING_MS = 1_000;

/** Writes messages in order and completely, in the background. */
class Outbox {
  readonly #connection: Deno.UnixConn;
  #last: Promise<void> = Promise.resolve();

  constructor(connection: Deno.UnixConn) {
    this.#connection = connection;
  }

  send(bytes: Uint8Array): void {
    this.#last = this.#last.then(() => this.#write(bytes)).catch(() => close(this.#connection));
  }

  /** Closes the connection after everything has been written, at the latest after a second: no one may read it. */
  close(): void {
    const timer = setTimeout(() => close(this.#connection), MAX_CLOSING_MS);
    this.#last.then(() => {
      clearTimeout(timer);
      close(this.#connection);
    });
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      written += await this.#connection.write(bytes.subarray(written));
    }
  }
}

function close(connection: Deno.UnixConn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
