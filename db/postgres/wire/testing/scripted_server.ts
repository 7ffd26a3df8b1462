import type { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import { WireConnection } from "../wire_connection.ts";
import type { WireOptions } from "../wire_options.ts";
import { GREETING } from "./server_messages.ts";

/** Server that sends what a test says, on a connection in memory. */
export class ScriptedServer {
  /** Side of the client. */
  readonly socket: Duplex;
  /** Bytes that the client has sent. */
  received = 0;

  constructor() {
    this.socket = new Duplex({
      read: () => {},
      write: (chunk: Buffer, _, done) => {
        this.received += chunk.length;
        done();
      },
    });
  }

  /** Sends bytes in chunks. */
  send(...chunks: readonly Buffer[]): void {
    for (const chunk of chunks) this.socket.push(chunk);
  }

  /** Closes the connection. */
  close(): void {
    this.socket.destroy();
  }

  /** Opens a connection to it. */
  async connect(options: Partial<WireOptions> = {}): Promise<WireConnection> {
    const opening = WireConnection.open(this.socket, {
      host: "scripted",
      user: "ada",
      password: "secret",
      database: "things",
      ...options,
    });
    this.send(GREETING);
    return await opening;
  }
}
