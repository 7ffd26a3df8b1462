import type { MigrationManager, MigrationSource } from "@archway/db/db.ts";
import { DatabaseError, type DatabaseErrorCode } from "@archway/db/errors.ts";

/** How long to wait before the database is looked at again. */
const RETRY_MS = 1000;

/** What says of the database that it is away or busy just then, and nothing of the migrations. */
const TRANSIENT_CODES: ReadonlySet<DatabaseErrorCode> = new Set([
  ...["unavailable", "outcome-unknown", "saturated", "timeout"] as const,
]);

/** How the keeper works. */
export interface MigrationGateOptions {
  /** Whether it applies what is pending itself, or waits until somebody has. */
  readonly migrate: boolean;
}

/** What the keeper tells while it works. */
export interface MigrationGateRunOptions {
  readonly onApplied: (files: readonly string[]) => void;
  /** There are migrations, and they are left to `archway migrate up`. Told once. */
  readonly onPending: (files: readonly string[]) => void;
  readonly onUnavailable: (error: DatabaseError) => void;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/**
 * Sees to it that the schema is up to date, as soon as the database can be reached: the program may be started before
 * it. A migration that fails is another matter, and is thrown.
 */
export class MigrationGate {
  readonly #waiting = Promise.withResolvers<void>();

  constructor(
    private readonly migrations: MigrationManager,
    private readonly sources: readonly MigrationSource[],
    private readonly options: MigrationGateOptions,
  ) {}

  /** Resolves when the first try did not do: there is no telling how long it will take. */
  get waiting(): Promise<void> {
    return this.#waiting.promise;
  }

  /** How many files are not applied now: somebody may have undone one. */
  async countPending(): Promise<number> {
    return (await this.migrations.pendingMigrations(this.sources)).length;
  }

  /** Resolves when everything is applied, or the signal has ended the waiting. */
  async run({ onApplied, onPending, onUnavailable, signal }: MigrationGateRunOptions): Promise<void> {
    let told = false;
    while (!signal.aborted) {
      try {
        const pending = await this.#step(onApplied);
        if (pending.length === 0) return;
        if (!told) onPending(pending);
        told = true;
      } catch (error) {
        if (!(error instanceof DatabaseError && TRANSIENT_CODES.has(error.code))) throw error;
        // A database that is being closed is no news.
        if (signal.aborted) return;
        onUnavailable(error);
      }
      this.#waiting.resolve();
      await pause(RETRY_MS, signal);
    }
  }

  /** Gives the files that are still to be applied by others. */
  async #step(onApplied: MigrationGateRunOptions["onApplied"]): Promise<readonly string[]> {
    if (!this.options.migrate) return await this.migrations.pendingMigrations(this.sources);
    const applied = await this.migrations.migrate(this.sources);
    if (applied.length > 0) onApplied(applied);
    return [];
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
