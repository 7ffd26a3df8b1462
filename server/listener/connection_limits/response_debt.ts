import type { Deadline, Deadlines } from "../../request/deadlines.ts";

/** Bytes of which the client has to take as many within each deadline, or all of the rest. */
const PROGRESS_BYTES = 65_536;
/** Bytes that may be owed without a deadline: little memory, and a client that cancels requests never takes some. */
const TOLERATED_BYTES = 16_384;
/** Bytes that one connection may owe before its further requests wait. */
const MAX_OWED_BYTES = 4_194_304;
/** Minimum size to reserve for a response whose size is not known yet, in bytes. */
const MIN_RESERVED_BYTES = 65_536;

/**
 * Bytes of response bodies that a connection owes its client. On HTTP/2 the client decides how much it takes (RFC 9113,
 * section 5.2), and the HTTP server holds the rest in memory. So the bytes passed on are compared with the bytes owed:
 * the write deadline runs while more than a few are owed, and when they are many, further requests wait.
 *
 * All bytes passed on count, also those of heads and of TLS. They are few in comparison, and never a credit for later
 * bodies.
 */
export class ResponseDebt implements Disposable {
  readonly #deadlines: Deadlines;
  readonly #onPassed: () => void;
  #owed = 0;
  #deadline: Deadline | undefined;
  /** Bytes passed on since the deadline started, and the number that it demands. */
  #progress = 0;
  #demanded = 0;
  #running = 0;
  #reserved = MIN_RESERVED_BYTES;
  #isClosed = false;
  #waiting: (() => void)[] = [];

  /** @param onPassed Called when the client has taken too few bytes within a deadline. */
  constructor(deadlines: Deadlines, onPassed: () => void) {
    this.#deadlines = deadlines;
    this.#onPassed = onPassed;
  }

  /** Number of bytes owed. */
  get owed(): number {
    return this.#owed;
  }

  /**
   * Waits until another response may be created; {@link release} must follow.
   *
   * @returns undefined if it need not wait; else false if the connection has ended meanwhile.
   */
  acquire(): Promise<boolean> | undefined {
    if (!this.#mayStart()) return this.#wait();
    this.#running++;
    return undefined;
  }

  /** Ends the creation of a response. */
  release(): void {
    this.#running--;
    this.#wake();
  }

  /** Adds the body of a response. */
  add(bytes: number): void {
    this.#owed += bytes;
    if (bytes > this.#reserved) this.#reserved = bytes;
    if (this.#owed > TOLERATED_BYTES && this.#deadline === undefined) this.#start();
  }

  /** Removes bytes that were passed on, or will never be. */
  subtract(bytes: number): void {
    if (this.#owed === 0) return;
    this.#owed = Math.max(0, this.#owed - bytes);
    this.#progress += bytes;
    if (this.#owed <= TOLERATED_BYTES) this.#stop();
    this.#wake();
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#stop();
    this.#wake();
  }

  #mayStart(): boolean {
    return this.#running === 0
      ? this.#owed <= MAX_OWED_BYTES
      : this.#owed + (this.#running + 1) * this.#reserved <= MAX_OWED_BYTES;
  }

  async #wait(): Promise<boolean> {
    while (!this.#isClosed && !this.#mayStart()) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (!this.#isClosed) this.#running++;
    return !this.#isClosed;
  }

  #wake(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #start(): void {
    this.#progress = 0;
    this.#demanded = Math.min(PROGRESS_BYTES, this.#owed - TOLERATED_BYTES);
    if (this.#isClosed) return;
    this.#deadline = this.#deadlines.start(() => {
      if (this.#progress >= this.#demanded) this.#start();
      else this.#onPassed();
    });
  }

  #stop(): void {
    this.#deadline?.cancel();
    this.#deadline = undefined;
  }
}
