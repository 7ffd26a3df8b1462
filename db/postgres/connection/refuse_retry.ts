/** Marks the options of a statement that must not be retried by the driver. */
export const refusesRetry = Symbol("refusesRetry");

/** Statements that were rejected instead of retried. */
const refused = new WeakSet<object>();

/** Whether a statement was rejected because its tables have changed since it was prepared. */
export function wasRefused(pending: object): boolean {
  return refused.has(pending);
}

/**
 * Prevents postgres.js from retrying prepared statements. It does so when the tables have changed since the statement
 * was prepared (`retry()` in its connection.js), without waiting for pipelined statements behind it, mixes up their
 * responses and leaves one statement pending. A statement with marked options rejects with the server's error instead.
 * It had no effect and the driver has dropped the prepared statement, so it can be sent again.
 *
 * @param query Any statement of the driver. Its prototype is changed, once: changing every statement would cost more
 * than sending it.
 */
export function refuseRetries(query: object): void {
  const shared: object | null = Object.getPrototypeOf(query);
  if (shared === null || Object.hasOwn(shared, "retried")) return;
  // The driver assigns the error here before a retry, and does not send what is cancelled.
  Object.defineProperty(shared, "retried", {
    get: () => undefined,
    set(this: object, error: unknown): void {
      const options: unknown = Reflect.get(this, "options");
      if (typeof options !== "object" || options === null || !(refusesRetry in options)) {
        Object.defineProperty(this, "retried", { value: error, writable: true });
        return;
      }
      refused.add(this);
      Reflect.set(this, "cancelled", true);
      const reject: unknown = Reflect.get(this, "reject");
      if (typeof reject === "function") reject(error);
    },
  });
}
