/** Handler that is held, with what tests wait for and do. */
export interface Held<T> {
  /** Responds when released. */
  readonly handle: () => Promise<T>;
  /** Resolves when the handler is called. */
  readonly entered: Promise<void>;
  readonly release: () => void;
}

/** Returns a handler that responds when released. */
export function hold<T>(respond: () => T): Held<T> {
  const entered = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  return {
    entered: entered.promise,
    release: released.resolve,
    async handle(): Promise<T> {
      entered.resolve();
      await released.promise;
      return respond();
    },
  };
}
