/** Where a server is in its life. "draining": not ready, still serving; "closing": finishing what is in flight. */
export type Phase = "serving" | "draining" | "closing" | "closed";

/** Knows the phase and counts the requests in flight. */
export class Lifecycle {
  phase: Phase = "serving";
  #inFlight = 0;
  #onIdle: (() => void) | undefined;

  /** The requests that were taken in and not answered yet. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Counts a request in; {@link leave} has to follow. */
  enter(): void {
    this.#inFlight++;
  }

  /** Counts a request out. */
  leave(): void {
    this.#inFlight--;
    if (this.#inFlight === 0) this.#onIdle?.();
  }

  /** Resolves when nothing is in flight. */
  idle(): Promise<void> {
    if (this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle = resolve);
  }
}
