/**
 * Keeps postgres.js from sending a prepared statement again by itself, which it does when the tables have changed
 * since it was prepared (`retry()` in its connection.js): it prepares the statement anew without waiting for those
 * that are under way behind it, takes the answers of one for those of another, and one of them is never answered.
 * Calls `onRefused` and rejects the statement with the server's error instead. It did nothing, and the driver has
 * forgotten what it prepared, so it can be sent again from the beginning.
 */
export function refuseRetry(pending: object, onRefused: () => void): void {
  // The driver writes down what it retries for, then sends what is not cancelled.
  Object.defineProperty(pending, "retried", {
    get: () => undefined,
    set: (error: unknown) => {
      onRefused();
      Reflect.set(pending, "cancelled", true);
      const reject: unknown = Reflect.get(pending, "reject");
      if (typeof reject === "function") reject(error);
    },
  });
}
