/**
 * The keys that were answered here lately. One that is among them is looked up at once, without a transaction; of the
 * others nothing is known.
 */
export class RecentKeys {
  readonly #keys = new Set<string>();
  readonly #most: number;

  /** @param most How many are remembered; each takes about a hundred bytes. */
  constructor(most: number) {
    this.#most = most;
  }

  has(id: string): boolean {
    return this.#keys.has(id);
  }

  add(id: string): void {
    this.#keys.delete(id);
    this.#keys.add(id);
    if (this.#keys.size <= this.#most) return;
    const [oldest = ""] = this.#keys;
    this.#keys.delete(oldest);
  }
}
