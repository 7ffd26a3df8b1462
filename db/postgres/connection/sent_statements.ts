/** A statement that was sent and is not answered yet. */
export interface SentStatement {
  /** The driver's. */
  readonly pending: object;
  /** It is known to be answered soon. */
  readonly isQuick: boolean;
  /** Its caller does not wait any more. */
  aborted: boolean;
  /** A cancel request went out that may have hit it. */
  exposed: boolean;
  /** It, or one sent with it, was committed by a server that could not say whether its standbys have it. */
  unconfirmed: boolean;
}

/** What {@link SentStatements} works with. */
export interface SentStatementsOptions {
  /** Asks the server to stop the statement that it works on; resolves when the request is through. */
  readonly cancel: (pending: object) => Promise<void>;
  /** Called after one was answered, and when no cancel request is under way any more. */
  readonly onSettled: () => void;
}

/** The statements under way on one connection, in the order in which the server answers them. */
export class SentStatements {
  /** Since when the next answer is awaited, by performance.now(). */
  awaitedSince = 0;
  readonly #options: SentStatementsOptions;
  readonly #sent: SentStatement[] = [];
  #cancelling = 0;
  #slow = 0;

  constructor(options: SentStatementsOptions) {
    this.#options = options;
  }

  get length(): number {
    return this.#sent.length;
  }

  /** Whether all of them are known to be answered soon. */
  get areQuick(): boolean {
    return this.#slow === 0;
  }

  /** Whether a cancel request is under way. The server stops what it finds when it arrives, perhaps the next one. */
  get isCancelling(): boolean {
    return this.#cancelling > 0;
  }

  /** Adds one that was sent behind the others. */
  push(pending: object, { isQuick = false }: { readonly isQuick?: boolean } = {}): SentStatement {
    const sent = { pending, isQuick, aborted: false, exposed: this.isCancelling, unconfirmed: false };
    if (!isQuick) this.#slow++;
    if (this.#sent.push(sent) === 1) this.awaitedSince = performance.now();
    return sent;
  }

  /** Takes one out that was answered. Gives how long it was the next one to be answered, in milliseconds. */
  settle(sent: SentStatement): number {
    const isFirst = this.#sent[0] === sent;
    if (isFirst) this.#sent.shift();
    else this.#sent.splice(this.#sent.indexOf(sent), 1);
    if (!sent.isQuick) this.#slow--;
    let ms = 0;
    if (isFirst) {
      const now = performance.now();
      ms = now - this.awaitedSince;
      this.awaitedSince = now;
      if (this.#sent[0]?.aborted) this.#cancel(this.#sent[0]);
    }
    this.#options.onSettled();
    return ms;
  }

  /** Has one stopped that nobody waits for any more: now, or when the server comes to it. */
  abort(sent: SentStatement): void {
    sent.aborted = true;
    if (this.#sent[0] === sent) this.#cancel(sent);
  }

  /** Notes that the server could not confirm what it committed. Which of them it was cannot be told. */
  markUnconfirmed(): void {
    for (const sent of this.#sent) sent.unconfirmed = true;
  }

  #cancel({ pending }: SentStatement): void {
    this.#cancelling++;
    for (const sent of this.#sent) sent.exposed = true;
    void this.#options.cancel(pending).finally(() => {
      this.#cancelling--;
      this.#options.onSettled();
    });
  }
}

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
