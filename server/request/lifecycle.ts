/** Phase of a server. "draining": not ready, still serving; "closing": finishing requests in flight. */
export type Phase = "serving" | "draining" | "closing" | "closed";

/** Tracks the phase and the number of requests in flight. */
export class Lifecycle {
  phase: Phase = "serving";
  /** Whether responses end their connections, so that clients connect to another instance. */
  closesConnections = false;
  /** Whether another process on the same address takes over, so that the service remains ready during a stop. */
  handsOver = false;
  #inFlight = 0;
  #onIdle: (() => void) | undefined;

  /** Number of requests accepted and not yet responded to. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Counts a request in; {@link leave} must follow. */
  enter(): void {
    this.#inFlight++;
  }

  /** Counts a request out. */
  leave(): void {
    this.#inFlight--;
    if (this.#inFlight === 0) this.#onIdle?.();
  }

  /** Resolves when no request is in flight. */
  idle(): Promise<void> {
    if (this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle = resolve);
  }
}
