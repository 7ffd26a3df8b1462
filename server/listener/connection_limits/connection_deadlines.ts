import { Deadlines } from "../../request/deadlines.ts";

/** Timeouts of a client connection, in milliseconds. */
export interface ConnectionTimeouts {
  /** Maximum time to receive a request's headers. Runs from their first byte, or from the start of the connection. */
  readonly readMs: number;
  /** Maximum time between a response and the first byte of the next request. */
  readonly idleMs: number;
  /** Maximum time for the client to receive a part of a response, at most 64 KiB. */
  readonly writeMs: number;
}

/**
 * Time during which a closing connection still accepts bytes, in milliseconds. Closing immediately could discard a
 * response that the client has not read yet (RFC 9112, section 9.6).
 */
const LINGER_MS = 2000;

/**
 * Time without a request after which a client that has closed its sending side is taken to have sent its last one, in
 * milliseconds. The HTTP server begins a request that it has received, or one that follows in a pipeline, much sooner.
 */
const QUIET_MS = 250;

/** Deadlines shared by all connections of a listener. */
export class ConnectionDeadlines implements Disposable {
  readonly read: Deadlines;
  readonly idle: Deadlines;
  readonly write: Deadlines;
  readonly linger = new Deadlines(LINGER_MS);
  readonly quiet = new Deadlines(QUIET_MS);

  constructor({ readMs, idleMs, writeMs }: ConnectionTimeouts) {
    this.read = new Deadlines(readMs);
    this.idle = new Deadlines(idleMs);
    this.write = new Deadlines(writeMs);
  }

  [Symbol.dispose](): void {
    for (const deadlines of [this.read, this.idle, this.write, this.linger, this.quiet]) {
      deadlines[Symbol.dispose]();
    }
  }
}
