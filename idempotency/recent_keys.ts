/**
 * The keys that were answered here lately, and what was said besides with each answer. One that is among them is looked up
 * at once, without a transaction; of the others nothing is known.
 */
export class RecentKeys<Said> {
  readonly #keys = new Map<string, Said>();
  readonly #most: number;

  /** @param most How many are remembered; each takes about two hundred bytes. */
  constructor(most: number) {
    this.#most = most;
  }

  get(id: string): Said | undefined {
    return this.#keys.get(id);
  }

  add(id: string, said: Said): void {
    this.#keys.delete(id);
    this.#keys.set(id, said);
    if (this.#keys.size <= this.#most) return;
    const [oldest = ""] = this.#keys.keys();
    this.#keys.delete(oldest);
  }
}
