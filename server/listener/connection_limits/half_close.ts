import type { Deadline } from "../../request/deadlines.ts";
import type { ConnectionDeadlines } from "./connection_deadlines.ts";

/**
 * Delays the end of a client's bytes on its way to the HTTP server, which cancels the requests of a client that has
 * closed its sending side, although it may still wait for their responses (RFC 9112, section 9.6). The end is passed on
 * when no request has been in flight for a moment, and in any case after the linger time: most clients that send it
 * have left, and the work for them should stop.
 */
export class HalfClose implements Disposable {
  readonly #deadlines: ConnectionDeadlines;
  readonly #isBusy: () => boolean;
  #resolve: (() => void) | undefined;
  #quiet: Deadline | undefined;
  #latest: Deadline | undefined;
  #isOver = false;

  /** @param isBusy Whether requests are in flight. */
  constructor(deadlines: ConnectionDeadlines, isBusy: () => boolean) {
    this.#deadlines = deadlines;
    this.#isBusy = isBusy;
  }

  /** Resolves when the end may be passed on. */
  async wait(): Promise<void> {
    if (this.#isOver) return;
    const over = new Promise<void>((resolve) => this.#resolve = resolve);
    this.#latest = this.#deadlines.linger.start(() => this[Symbol.dispose]());
    this.update();
    await over;
  }

  /** Checks again whether requests are in flight. */
  update(): void {
    if (this.#resolve === undefined) return;
    this.#quiet?.cancel();
    this.#quiet = undefined;
    if (!this.#isBusy()) this.#quiet = this.#deadlines.quiet.start(() => this[Symbol.dispose]());
  }

  /** Ends the wait, and any later one. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#quiet?.cancel();
    this.#latest?.cancel();
    this.#resolve?.();
    this.#resolve = undefined;
  }
}
