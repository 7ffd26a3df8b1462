import type { Logger } from "../logger.ts";

/** Maximum number of failures of one kind that are logged individually per second. */
const MAX_PER_SECOND = 10;

const FAILED = "Request {requestId} failed with status {status}";

/** Counters of one kind of failure. */
interface Kind {
  second: number;
  logged: number;
  /** Failures since the last logged one. */
  unlogged: number;
}

/**
 * Logs failed requests, a limited number of each kind per second. During an outage every request fails for the same
 * reason, and logging each one costs as much as serving it. The next log line counts the suppressed ones, which
 * remain visible in the access log.
 */
export class ErrorLog {
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #kinds = new Map<string, Kind>();

  /** @param now Current time in milliseconds, with any origin. */
  constructor(logger: Logger, now: () => number = () => performance.now()) {
    this.#logger = logger;
    this.#now = now;
  }

  /** @param kind Low-cardinality kind of failure, such as the problem type. */
  failed(kind: string, properties: Readonly<Record<string, unknown>>, message = FAILED): void {
    const second = Math.floor(this.#now() / 1_000);
    let counts = this.#kinds.get(kind);
    if (counts === undefined) this.#kinds.set(kind, counts = { second, logged: 0, unlogged: 0 });
    if (counts.second !== second) Object.assign(counts, { second, logged: 0 });
    if (counts.logged >= MAX_PER_SECOND) {
      counts.unlogged++;
      return;
    }
    counts.logged++;
    const more = counts.unlogged === 0 ? {} : { unlogged: counts.unlogged };
    counts.unlogged = 0;
    this.#logger.error(message, { ...properties, ...more });
  }
}
