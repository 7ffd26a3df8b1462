/** A statement that reads rows and does nothing else: it takes no lock that others hold for long, and calls nothing that waits. */
const read =
  /^\s*select\b(?!.*\b(?:for\s+(?:no\s+key\s+)?(?:update|share)|for\s+key\s+share|pg_\w+|nextval|setval)\b)/is;

/** What is answered within this, in milliseconds, may have others behind it. */
const quickMs = 5;

/** How much the last time counts. */
const weight = 0.2;

/** Texts that are remembered; a program has fewer. */
const mostKnown = 1_000;

/**
 * Knows which statements are reads that are answered soon, by how long the server took for them before. They may share
 * a connection though another one is idle: what is sent together is written, worked on and read together.
 */
export class QuickReads {
  /** How long the server took for a text on average, in milliseconds; Infinity: it is no read. */
  readonly #known = new Map<string, number>();

  /** Whether a statement is known to be one. */
  isQuick(text: string): boolean {
    const ms = this.#known.get(text);
    return ms !== undefined && ms < quickMs;
  }

  /** Notes how long the server took, in milliseconds. */
  note(text: string, ms: number): void {
    const known = this.#known.get(text);
    if (known === undefined) {
      if (this.#known.size >= mostKnown) this.#known.clear();
      this.#known.set(text, read.test(text) ? ms : Infinity);
    } else if (known !== Infinity) {
      this.#known.set(text, known + weight * (ms - known));
    }
  }
}
