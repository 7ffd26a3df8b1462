/**
 * Dispatches notifications to the listeners of their channel. A server notifies the connection that listens; the
 * embedded database, with one shared session, notifies the one in use.
 */
export class NotificationHub {
  readonly #listeners = new Map<string, Set<() => void>>();

  /** Adds a listener of a channel until the returned object is disposed. */
  add(channel: string, listener: () => void): Disposable {
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners.add(listener));
    return {
      [Symbol.dispose]: (): void => {
        listeners.delete(listener);
        if (listeners.size === 0 && this.#listeners.get(channel) === listeners) {
          this.#listeners.delete(channel);
        }
      },
    };
  }

  /** Notifies the listeners of a channel. */
  notify(channel: string): void {
    for (const listener of this.#listeners.get(channel) ?? []) listener();
  }
}
