/** Header fields of a response that are not stored with it. */
type FreshHeaders = Readonly<Record<string, string>>;

/**
 * Cache of keys to which this process responded recently, with their fresh header fields. A cached key is read without
 * a transaction; a key that is not cached may still be stored.
 */
export class RecentKeys {
  readonly #keys = new Map<string, FreshHeaders>();
  readonly #capacity: number;

  /** @param capacity Maximum number of keys; each takes a few hundred bytes. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Returns the fresh header fields of a key; undefined if it is not cached. */
  get(id: string): FreshHeaders | undefined {
    return this.#keys.get(id);
  }

  add(id: string, fresh: FreshHeaders): void {
    this.#keys.delete(id);
    this.#keys.set(id, fresh);
    if (this.#keys.size <= this.#capacity) return;
    const [oldest = ""] = this.#keys.keys();
    this.#keys.delete(oldest);
  }
}
