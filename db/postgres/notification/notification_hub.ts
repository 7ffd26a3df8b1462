/**
 * Passes notifications on to those who listen to their channel, whichever connection hears them: a server tells the one
 * that listens, the embedded database, which has one session for all, the one that happens to talk.
 */
export class NotificationHub {
  readonly #listeners = new Map<string, Set<() => void>>();

  /** Tells a listener of a channel, until what this gives is disposed. */
  add(channel: string, listener: () => void): Disposable {
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners.add(listener));
    return { [Symbol.dispose]: () => void listeners.delete(listener) };
  }

  /** Something was sent to a channel. */
  tell(channel: string): void {
    for (const listener of this.#listeners.get(channel) ?? []) listener();
  }
}
