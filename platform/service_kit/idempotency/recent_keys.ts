/** What an answer says besides what is kept of it. */
type Fresh = Readonly<Record<string, string>>;

/**
 * The keys that were answered here lately, with what was said besides. One that is among them is looked up at once,
 * without a transaction; of the others nothing is known.
 */
export class RecentKeys {
  readonly #keys = new Map<string, Fresh>();
  readonly #most: number;

  /** @param most How many are remembered; each takes a few hundred bytes. */
  constructor(most: number) {
    this.#most = most;
  }

  /** What was said besides; undefined: it is not among them. */
  get(id: string): Fresh | undefined {
    return this.#keys.get(id);
  }

  add(id: string, fresh: Fresh): void {
    this.#keys.delete(id);
    this.#keys.set(id, fresh);
    if (this.#keys.size <= this.#most) return;
    const [oldest = ""] = this.#keys.keys();
    this.#keys.delete(oldest);
  }
}
