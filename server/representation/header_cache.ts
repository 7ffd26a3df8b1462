/** Maximum number of header values of one cache. */
const MAX_VALUES = 64;

/** Maximum length of a cached header value in characters; together with {@link MAX_VALUES} it bounds the memory. */
const MAX_LENGTH = 256;

/**
 * Cache of results by header values. Clients send few distinct ones; values that a client makes up fill at most 16 KiB of
 * each cache, of which every operation has two.
 */
export class HeaderCache<T> {
  readonly #results = new Map<string, T>();

  /** Number of cached values. */
  get size(): number {
    return this.#results.size;
  }

  has(value: string): boolean {
    return this.#results.has(value);
  }

  get(value: string): T | undefined {
    return this.#results.get(value);
  }

  /** Caches a result, unless the value is longer than those of usual clients. */
  set(value: string, result: T): void {
    if (value.length > MAX_LENGTH) return;
    if (this.#results.size >= MAX_VALUES) this.#results.clear();
    this.#results.set(value, result);
  }
}
