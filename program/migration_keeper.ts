import type { MigrationManager, MigrationSource } from "../db/db.ts";
import { DatabaseError } from "../db/errors.ts";

/** How long to wait before a database that could not be reached is tried again. */
const RETRY_MS = 1000;

/** What the keeper tells while it works. */
export interface MigrationKeeperOptions {
  readonly onApplied: (files: readonly string[]) => void;
  readonly onUnavailable: (error: DatabaseError) => void;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/**
 * Brings the schema up to date as soon as the database can be reached: the program may be started before it. A
 * migration that fails is another matter, and is thrown.
 */
export class MigrationKeeper {
  #done = false;
  readonly #unreachable = Promise.withResolvers<void>();

  constructor(
    private readonly migrations: MigrationManager,
    private readonly sources: readonly MigrationSource[],
  ) {}

  /** Whether the schema is as the program needs it. */
  get done(): boolean {
    return this.#done;
  }

  /** Resolves when the database could not be reached the first time: there is no telling how long it will take. */
  get unreachable(): Promise<void> {
    return this.#unreachable.promise;
  }

  /** Resolves when everything is applied, or the signal has ended the waiting. */
  async run({ onApplied, onUnavailable, signal }: MigrationKeeperOptions): Promise<void> {
    while (!signal.aborted) {
      try {
        const applied = await this.migrations.migrate(this.sources);
        this.#done = true;
        if (applied.length > 0) onApplied(applied);
        return;
      } catch (error) {
        if (!(error instanceof DatabaseError && error.code === "unavailable")) throw error;
        onUnavailable(error);
        this.#unreachable.resolve();
        await pause(RETRY_MS, signal);
      }
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}
