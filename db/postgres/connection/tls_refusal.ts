import type { Socket } from "node:net";
import { UnsuitableServerError } from "./unsuitable_server_error.ts";

/** Response "N" to a request for TLS (PostgreSQL, "SSL Session Encryption"). */
const refused = 78;

/** Notices that a server does not support TLS. The driver would start the handshake nevertheless. */
export class TlsRefusal {
  #isRefused = false;

  /** @param socket Connected socket on which the driver is about to request TLS. */
  constructor(socket: Socket) {
    socket.once("data", (response: Uint8Array) => {
      this.#isRefused = response[0] === refused;
      if (this.#isRefused) socket.destroy();
    });
  }

  /** @throws {UnsuitableServerError} if the server has refused. */
  check(): void {
    if (this.#isRefused) throw tlsUnsupported();
  }
}

/** Returns the error of a server that does not support TLS. */
export function tlsUnsupported(): UnsuitableServerError {
  return new UnsuitableServerError(
    "TLS is required, and the server does not support it: set ssl = on there, or disable TLS here",
  );
}
