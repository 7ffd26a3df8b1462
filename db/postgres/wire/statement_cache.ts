import type { RowDecoder } from "./row_decoder.ts";

/** Statement prepared in a session. */
export interface PreparedStatement {
  /** Name in the session; "" if it is prepared each time. */
  readonly name: string;
  readonly text: string;
  /** Whether the server has confirmed it. */
  isReady: boolean;
  /** Decoder of its rows; undefined until its columns are described, null if it returns none. */
  decoder: RowDecoder | null | undefined;
  /** Whether its columns may differ each time, since a pooler prepares it again in other sessions. */
  readonly isShared: boolean;
  /** Whether it was used since the last eviction passed it. */
  isUsed: boolean;
}

/** Length of a text that is not worth keeping, on either side. */
const maxText = 32_768;

/** Options of {@link StatementCache}. */
export interface StatementCacheOptions {
  /** Maximum number of statements; 0 prepares each statement whenever it is sent. */
  readonly max: number;
  /**
   * Whether a pooler prepares the statements of all its clients under names of its own. It acknowledges another preparation of
   * an obsolete one by itself, so such a text is not prepared any more.
   *
   * @default false
   */
  readonly isShared?: boolean;
}

/**
 * Prepared statements of a session by their texts. When it is full, a statement that was not used lately is evicted
 * (second chance), and closed on the server with the next message.
 */
export class StatementCache {
  readonly #max: number;
  readonly #isShared: boolean;
  /** Texts that are not prepared any more. */
  readonly #obsolete = new Set<string>();
  readonly #statements = new Map<string, PreparedStatement>();
  /** Begins every name, since a pooler that is not known of lets several connections share a session. */
  readonly #prefix = Math.random().toString(36).slice(2, 8);
  #closing: string[] = [];
  #count = 0;

  constructor({ max, isShared = false }: StatementCacheOptions) {
    this.#max = max;
    this.#isShared = isShared;
  }

  get size(): number {
    return this.#statements.size;
  }

  /**
   * Returns the statement of a text. A new one is to be prepared: under a name, or without one while the server may still
   * refuse the same text, or if it would not be kept.
   */
  get(text: string): PreparedStatement {
    const known = this.#statements.get(text);
    if (known?.isReady === true) {
      known.isUsed = true;
      return known;
    }
    const isNamed = known === undefined && this.#max > 0 && text.length <= maxText &&
      !this.#obsolete.has(text);
    if (!isNamed) return statement("", text);
    if (this.#statements.size >= this.#max) this.#evict();
    const added = statement(`${this.#prefix}_${++this.#count}`, text, this.#isShared);
    this.#statements.set(text, added);
    return added;
  }

  /** Removes a statement that the server does not have, or that does not match its tables any more. */
  drop(dropped: PreparedStatement): void {
    if (this.#statements.get(dropped.text) !== dropped) return;
    this.#statements.delete(dropped.text);
    if (!dropped.isReady) return;
    this.#closing.push(dropped.name);
    if (!this.#isShared) return;
    if (this.#obsolete.size >= this.#max) this.#obsolete.clear();
    this.#obsolete.add(dropped.text);
  }

  /** Removes a statement whose preparation was not sent, or was skipped. */
  dropUnready(skipped: PreparedStatement): void {
    if (!skipped.isReady) this.drop(skipped);
  }

  /**
   * Takes the names of statements that are to be closed on the server, in front of those that are to be used: what was
   * evicted for one of them is closed later if it is another one.
   */
  takeClosing(used: readonly PreparedStatement[] = []): readonly string[] {
    if (this.#closing.length === 0) return this.#closing;
    const closing = this.#closing;
    const isUsed = (name: string): boolean => used.some((statement) => statement.name === name);
    this.#closing = closing.filter(isUsed);
    return closing.filter((name) => !isUsed(name));
  }

  /** Returns names that could not be sent. */
  returnClosing(names: readonly string[]): void {
    this.#closing.unshift(...names);
  }

  #evict(): void {
    for (const [text, candidate] of this.#statements) {
      if (!candidate.isReady) continue;
      this.#statements.delete(text);
      if (!candidate.isUsed) {
        this.#closing.push(candidate.name);
        return;
      }
      candidate.isUsed = false;
      this.#statements.set(text, candidate);
    }
  }
}

function statement(name: string, text: string, isShared = false): PreparedStatement {
  return { name, text, isReady: false, decoder: undefined, isShared, isUsed: false };
}
