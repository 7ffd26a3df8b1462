/** How often the event loop is asked for a turn, in milliseconds. */
const everyMs = 10;

/**
 * Measures how long work that is ready waits for its turn: a timer is late by as much. It keeps no process alive and
 * runs only between {@link start} and {@link stop}.
 */
export class EventLoopDelay {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #least = Infinity;

  /** Begins to measure, unless it does. */
  start(): void {
    if (this.#timer === undefined) this.#next();
  }

  /** Ends measuring. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** The least delay since the last call, in milliseconds; 0 where none was measured. */
  takeLeast(): number {
    const least = this.#least;
    this.#least = Infinity;
    return least === Infinity ? 0 : least;
  }

  #next(): void {
    const due = performance.now() + everyMs;
    this.#timer = setTimeout(() => {
      this.#least = Math.min(this.#least, Math.max(0, performance.now() - due));
      this.#next();
    }, everyMs);
    Deno.unrefTimer(this.#timer);
  }
}
