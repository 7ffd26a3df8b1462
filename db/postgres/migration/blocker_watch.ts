import type { Querier } from "../../db.ts";
import { summarizeBlockers } from "./session_summary.ts";

/** Interval between two looks at what blocks a migration, in milliseconds. */
const intervalMs = 1_000;

/** Options of a {@link BlockerWatch}. */
export interface BlockerWatchOptions {
  /** Process id of the session that may be blocked. */
  readonly pid: number;
  /** Called with the blocking sessions when they change. */
  readonly onBlocked: (blockers: string) => void;
}

/** Watches which sessions block a migration, on another connection, until it is disposed. */
export class BlockerWatch implements Disposable {
  readonly #querier: Querier;
  readonly #options: BlockerWatchOptions;
  readonly #stop = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #reported: string | undefined;
  #last: string | undefined;

  constructor(querier: Querier, options: BlockerWatchOptions) {
    this.#querier = querier;
    this.#options = options;
    this.#schedule();
  }

  /** Blocking sessions that were seen last; undefined if there were none. */
  get last(): string | undefined {
    return this.#last;
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (!this.#stop.signal.aborted) this.#timer = setTimeout(() => this.#look(), intervalMs);
  }

  async #look(): Promise<void> {
    const { signal } = this.#stop;
    const { pid, onBlocked } = this.#options;
    const server: Querier = {
      query: (text, parameters) => this.#querier.query(text, parameters, { signal }),
    };
    // A failure is not reported: the migration itself fails if the server is lost.
    const blockers = await summarizeBlockers(server, pid).catch(() => undefined);
    if (signal.aborted) return;
    if (blockers !== undefined) {
      this.#last = blockers;
      const key = blockers.replace(/ for \d+ s/g, "");
      if (key !== this.#reported) onBlocked(blockers);
      this.#reported = key;
    }
    this.#schedule();
  }
}
