/** Kind of the first response to a key: refusals have no fresh header fields. */
type RecentOutcome = "done" | "refused";

/**
 * Cache of keys to which this process responded recently. A cached key is read without a transaction; a key that is not
 * cached may still be stored.
 */
export class RecentKeys {
  readonly #keys = new Map<string, RecentOutcome>();
  readonly #capacity: number;

  /** @param capacity Maximum number of keys; each takes about a hundred bytes. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Returns the kind of the response to a key; undefined if it is not cached. */
  get(id: string): RecentOutcome | undefined {
    return this.#keys.get(id);
  }

  add(id: string, outcome: RecentOutcome): void {
    this.#keys.delete(id);
    this.#keys.set(id, outcome);
    if (this.#keys.size <= this.#capacity) return;
    const [oldest = ""] = this.#keys.keys();
    this.#keys.delete(oldest);
  }
}
