import { Deadlines } from "../../request/deadlines.ts";

/** How long whose turn it is may take, in milliseconds. */
export interface ConnectionTimeouts {
  /** From the first byte, or from the beginning of the connection, until a request has begun. */
  readonly readMs: number;
  /** Between an answer and the first byte of the next request. */
  readonly idleMs: number;
  /** For the client to take some 64 KiB of an answer, or what there is. */
  readonly writeMs: number;
}

/**
 * How long a client whose connection is over may still send what nobody reads, in milliseconds: closing at once would
 * take the answer away from a client that has not read it yet (RFC 9112, section 9.6).
 */
const LINGER_MS = 2000;

/** The deadlines of all connections of a guard. */
export class ConnectionDeadlines implements Disposable {
  readonly read: Deadlines;
  readonly idle: Deadlines;
  readonly write: Deadlines;
  readonly linger = new Deadlines(LINGER_MS);

  constructor({ readMs, idleMs, writeMs }: ConnectionTimeouts) {
    this.read = new Deadlines(readMs);
    this.idle = new Deadlines(idleMs);
    this.write = new Deadlines(writeMs);
  }

  [Symbol.dispose](): void {
    for (const deadlines of [this.read, this.idle, this.write, this.linger]) deadlines[Symbol.dispose]();
  }
}
