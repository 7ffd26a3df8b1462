/** Marks a statement's options: it rejects where the driver would send it again. */
export const refusesRetry = Symbol("refusesRetry");

/** Statements that were refused instead of being sent again. */
const refused = new WeakSet<object>();

/** Whether the tables of a statement have changed since it was prepared, and it was refused for that. */
export function wasRefused(pending: object): boolean {
  return refused.has(pending);
}

/**
 * Keeps postgres.js from sending a prepared statement again by itself, which it does when the tables have changed
 * since it was prepared (`retry()` in its connection.js): it prepares the statement anew without waiting for those
 * that are under way behind it, takes the answers of one for those of another, and one of them is never answered.
 * A statement whose options are marked rejects with the server's error instead. It did nothing, and the driver has
 * forgotten what it prepared, so it can be sent again from the beginning.
 *
 * @param query Any statement of the driver: what it has in common with all others is changed, once. Doing that to
 * each one would cost more than all the rest of sending it.
 */
export function refuseRetries(query: object): void {
  const shared: object | null = Object.getPrototypeOf(query);
  if (shared === null || Object.hasOwn(shared, "retried")) return;
  // The driver writes down what it retries for, then sends what is not cancelled.
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
