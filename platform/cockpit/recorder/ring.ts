/** Queue with a maximum length: the oldest item leaves for a new one. */
export class Ring<T> {
  readonly #items: (T | undefined)[] = [];
  readonly #max: number;
  readonly #onLeave: ((item: T) => void) | undefined;
  /** Numbers of the oldest item and of the next one. */
  #first = 0;
  #next = 0;

  /** @param onLeave Called with every item that leaves. */
  constructor(max: number, onLeave?: (item: T) => void) {
    this.#max = max;
    this.#onLeave = onLeave;
  }

  get size(): number {
    return this.#next - this.#first;
  }

  /** Adds an item, and returns the one that leaves for it. */
  push(item: T): T | undefined {
    const left = this.size === this.#max ? this.shift() : undefined;
    this.#items[this.#next++ % this.#max] = item;
    return left;
  }

  /** Removes the oldest item. */
  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const index = this.#first++ % this.#max;
    const item = this.#items[index];
    this.#items[index] = undefined;
    if (item !== undefined) this.#onLeave?.(item);
    return item;
  }

  *newestFirst(): Generator<T> {
    for (let number = this.#next - 1; number >= this.#first; number--) {
      const item = this.#items[number % this.#max];
      if (item !== undefined) yield item;
    }
  }
}
