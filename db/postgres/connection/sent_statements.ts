/** Statement in flight. */
export interface SentStatement {
  /** Object that identifies it to the driver, from the moment at which it is sent. */
  pending: object | undefined;
  /** Whether it is known to be fast. */
  readonly isQuick: boolean;
  /** Whether its caller no longer waits. */
  aborted: boolean;
  /** Time of the abort, by performance.now(). */
  abortedAt: number;
  /** Whether a cancel request was sent that may have hit it. */
  exposed: boolean;
  /** Whether it, or one in flight with it, was committed without confirmation of the standbys. */
  unconfirmed: boolean;
}

/** Options of {@link SentStatements}. */
export interface SentStatementsOptions {
  /** Cancels the running statement; resolves when the request has been sent. */
  readonly cancel: (pending: object) => Promise<void>;
  /** Called after a statement has completed, and when no cancel request is in flight any more. */
  readonly onSettled: () => void;
  /** Timeout of a statement on the server, in milliseconds; 0 if disabled. */
  readonly timeoutMs: number;
  /** Time without a response after which {@link onSilent} is called, in milliseconds. */
  readonly silentMs: number;
  /** Called while the response to a statement is overdue, every `silentMs`. */
  readonly onSilent: () => void;
  /** Called when the server must have responded long ago, to a cancel request or at its own timeout. */
  readonly onStuck: () => void;
}

/** Grace period of the server's response after its statement timeout or a cancel request, in milliseconds. */
const graceMs = 3_000;

/** Time in which responses are read that arrived while this process was blocked, in milliseconds. */
const catchUpMs = 100;

/** Statements in flight on one connection, in the order of their responses. */
export class SentStatements implements Disposable {
  /** Time by performance.now() since which the next response is awaited. */
  awaitedSince = 0;
  readonly #options: SentStatementsOptions;
  readonly #sent: SentStatement[] = [];
  #cancelling = 0;
  #slow = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;

  constructor(options: SentStatementsOptions) {
    this.#options = options;
  }

  get length(): number {
    return this.#sent.length;
  }

  /** Whether all of them are known to be fast. */
  get areQuick(): boolean {
    return this.#slow === 0;
  }

  /** Whether a cancel request is in flight. It cancels whatever the server runs on its arrival. */
  get isCancelling(): boolean {
    return this.#cancelling > 0;
  }

  /** Adds a statement sent behind the others. */
  push({ isQuick = false }: { readonly isQuick?: boolean } = {}): SentStatement {
    const sent: SentStatement = {
      pending: undefined,
      isQuick,
      aborted: false,
      abortedAt: 0,
      exposed: this.isCancelling,
      unconfirmed: false,
    };
    if (!isQuick) this.#slow++;
    if (this.#sent.push(sent) === 1) this.awaitedSince = performance.now();
    if (this.#timer === undefined) this.#watch();
    return sent;
  }

  /** Removes a completed statement and returns its time as the running one, in milliseconds. */
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

  /** Cancels a statement: now, or when the server starts it. */
  abort(sent: SentStatement): void {
    sent.aborted = true;
    sent.abortedAt = performance.now();
    if (this.#sent[0] === sent) this.#cancel(sent);
  }

  /** Marks all statements, as the server does not say which commit it could not confirm. */
  markUnconfirmed(): void {
    for (const sent of this.#sent) sent.unconfirmed = true;
  }

  /** Stops watching for a missing response. */
  [Symbol.dispose](): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
  }

  /**
   * Watches for the response to the first statement. One timer serves all statements of an interval, since setting one
   * for each would cost more than the rest of this class.
   */
  #watch(): void {
    if (this.#disposed) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const [first] = this.#sent;
      if (first === undefined) return;
      const now = performance.now();
      if (now >= this.#deadline(first)) return this.#giveUp(first);
      if (now - this.awaitedSince >= this.#options.silentMs) this.#options.onSilent();
      this.#watch();
    }, this.#options.silentMs);
    Deno.unrefTimer(this.#timer);
  }

  #giveUp(first: SentStatement): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#sent[0] === first) this.#options.onStuck();
      else if (this.#sent.length > 0) this.#watch();
    }, catchUpMs);
    Deno.unrefTimer(this.#timer);
  }

  /** Returns the time by performance.now() until which the server responds to the first statement if it can. */
  #deadline({ aborted, abortedAt }: SentStatement): number {
    const { timeoutMs } = this.#options;
    const timeout = timeoutMs === 0 ? Infinity : this.awaitedSince + timeoutMs;
    return graceMs + (aborted ? Math.min(timeout, Math.max(abortedAt, this.awaitedSince)) : timeout);
  }

  #cancel({ pending }: SentStatement): void {
    if (pending === undefined) return;
    this.#cancelling++;
    for (const sent of this.#sent) sent.exposed = true;
    void this.#options.cancel(pending).finally(() => {
      this.#cancelling--;
      this.#options.onSettled();
    });
  }
}

/** Matches statements that only read rows. Excludes locks that others hold for long and functions that wait. */
const read =
  /^\s*select\b(?!.*\b(?:for\s+(?:no\s+key\s+)?(?:update|share)|for\s+key\s+share|pg_\w+|nextval|setval)\b)/is;

/** Matches statements that write rows. "changed" is the write of a statement that also inserts what an audit log has of it. */
const write = /^\s*(?:with changed as \()?(?:insert|update|delete|merge)\b/i;

/** Latency in milliseconds up to which a read counts as fast. */
const quickReadMs = 5;

/** Latency in milliseconds up to which a write counts as fast: one that neither waits for a lock nor for a disk. */
const quickWriteMs = 1;

/** Weight of the latest measurement. */
const weight = 0.2;

/** Maximum number of texts remembered; a program has fewer. */
const mostKnown = 1_000;

/** Maximum length of a remembered text in characters; together with {@link mostKnown} it bounds the memory. */
const longestKnown = 8_192;

/** Kind of a fast statement. */
export type QuickKind = "read" | "write";

/** Properties of a text. */
interface KnownText {
  readonly isRead: boolean;
  /** Latency up to which it counts as fast, in milliseconds. */
  readonly quickMs: number;
  /** Average latency in milliseconds. */
  ms: number;
}

/**
 * Finds fast statements by their average latency on the server. They may share a connection although another one is
 * idle, since pipelined statements are written, executed and read together.
 */
export class QuickStatements {
  readonly #known = new Map<string, KnownText>();

  /** Number of texts remembered. */
  get size(): number {
    return this.#known.size;
  }

  /** Returns what a statement is known to be; undefined if it is not known to be fast. */
  quick(text: string): QuickKind | undefined {
    const known = this.#known.get(text);
    if (known === undefined || known.ms >= known.quickMs) return undefined;
    return known.isRead ? "read" : "write";
  }

  /** Whether a statement is not known to be a read. */
  mayWrite(text: string): boolean {
    return this.#known.get(text)?.isRead !== true;
  }

  /** Records the latency of a statement, in milliseconds. */
  record(text: string, ms: number): void {
    const known = this.#known.get(text);
    if (known !== undefined) {
      known.ms += weight * (ms - known.ms);
    } else if (text.length <= longestKnown) {
      if (this.#known.size >= mostKnown) this.#known.clear();
      const isRead = read.test(text);
      const quickMs = isRead ? quickReadMs : write.test(text) ? quickWriteMs : 0;
      this.#known.set(text, { isRead, quickMs, ms });
    }
  }
}
