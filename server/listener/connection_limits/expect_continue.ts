import type { ClientProtocol } from "./client_protocol.ts";

/** Interim response that the HTTP server sends before it passes on a request with `Expect: 100-continue`. */
const CONTINUE = new TextEncoder().encode("HTTP/1.1 100 Continue\r\n\r\n");

/**
 * Interim response to a request with `Expect: 100-continue`, held until the body is read: a request that is refused needs
 * no body (RFC 9110, section 10.1.1).
 */
export class ExpectContinue {
  readonly #send: (bytes: Uint8Array) => void;
  #isPermitted = false;
  #isHeld = false;

  /** @param send writes to the client */
  constructor(send: (bytes: Uint8Array) => void) {
    this.#send = send;
  }

  /** Lets the client send the body of its request. */
  permit(): void {
    this.#isPermitted = true;
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#send(CONTINUE);
  }

  /** Returns the first bytes of the HTTP server without an interim response that is held. A client of HTTP/1.0 gets none. */
  remove(bytes: Uint8Array, protocol: ClientProtocol): Uint8Array {
    if (!CONTINUE.every((byte, index) => bytes[index] === byte)) return bytes;
    if (protocol !== "http/1.0") {
      if (this.#isPermitted) return bytes;
      this.#isHeld = true;
    }
    return bytes.subarray(CONTINUE.length);
  }

  /** Drops the interim response, since the response itself is about to be sent. */
  discard(): void {
    this.#isHeld = false;
  }
}
