import type { Logger } from "../logger.ts";

/** Interval in which a caller of a deprecated operation is logged once, in milliseconds. */
const INTERVAL_MS = 3_600_000;

/** Number of callers with lines of their own; further ones share a line for each operation. */
const MAX_CALLERS = 1000;

/** Options of {@link DeprecatedUses}. */
export interface DeprecatedUsesOptions {
  readonly logger: Logger;
  /** Milliseconds that only increase. @default performance.now */
  readonly now?: () => number;
}

/** Uses of an operation by a caller. */
interface Uses {
  loggedAt: number;
  /** Uses since the last line. */
  count: number;
}

/** Logs who uses deprecated operations: a line for each operation and caller, at most once an hour. */
export class DeprecatedUses {
  readonly #logger: Logger;
  readonly #now: () => number;
  /** By operation and caller; the one that was logged first is the first. */
  readonly #uses = new Map<string, Uses>();

  constructor({ logger, now = (): number => performance.now() }: DeprecatedUsesOptions) {
    this.#logger = logger;
    this.#now = now;
  }

  /** Counts a use, and logs it if the last line of this caller is an hour old. */
  record(operation: string, principal: string | undefined): void {
    const now = this.#now();
    const own = JSON.stringify([operation, principal]);
    this.#forget(now);
    const isKnown = this.#uses.has(own) || this.#uses.size < MAX_CALLERS;
    const key = isKnown ? own : JSON.stringify([operation]);
    const uses = this.#uses.get(key) ?? { loggedAt: -Infinity, count: 0 };
    uses.count++;
    this.#uses.set(key, uses);
    if (now - uses.loggedAt < INTERVAL_MS) return;
    this.#logger.info("Deprecated operation {operation} is in use", {
      operation,
      principal: isKnown ? principal ?? "anonymous" : "others",
      uses: uses.count,
    });
    this.#uses.delete(key);
    this.#uses.set(key, { loggedAt: now, count: 0 });
  }

  /** Drops callers whose line is two hours old; their uses were counted since. */
  #forget(now: number): void {
    for (const [key, { loggedAt }] of this.#uses) {
      if (now - loggedAt < 2 * INTERVAL_MS) return;
      this.#uses.delete(key);
    }
  }
}
