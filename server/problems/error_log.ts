import type { Logger } from "../logger.ts";

/** How many failures of one kind are logged one by one within a second. */
const MOST_A_SECOND = 10;

/** What is counted of one kind of failures. */
interface Kind {
  second: number;
  logged: number;
  /** Since one was logged. */
  unlogged: number;
}

/**
 * Logs requests that fail, a few of each kind in a second: while the database is away, or has more to do than it can,
 * every request fails for the one reason, and to write each of them down costs as much as to serve it. The next line
 * tells how many came in between; each has its own in the log of requests anyway.
 */
export class ErrorLog {
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #kinds = new Map<string, Kind>();

  /** @param now The time in milliseconds, from whenever. */
  constructor(logger: Logger, now: () => number = () => performance.now()) {
    this.#logger = logger;
    this.#now = now;
  }

  /** @param kind One of few, such as the type of a problem. */
  failed(kind: string, properties: Readonly<Record<string, unknown>>): void {
    const second = Math.floor(this.#now() / 1_000);
    let counts = this.#kinds.get(kind);
    if (counts === undefined) this.#kinds.set(kind, counts = { second, logged: 0, unlogged: 0 });
    if (counts.second !== second) Object.assign(counts, { second, logged: 0 });
    if (counts.logged >= MOST_A_SECOND) {
      counts.unlogged++;
      return;
    }
    counts.logged++;
    const more = counts.unlogged === 0 ? {} : { unlogged: counts.unlogged };
    counts.unlogged = 0;
    this.#logger.error("Request {requestId} failed with status {status}", { ...properties, ...more });
  }
}
