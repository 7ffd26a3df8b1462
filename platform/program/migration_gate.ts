import type { MigrationManager, MigrationObserver, MigrationSource } from "@archway/db/db.ts";
import { DatabaseError, type DatabaseErrorCode, MigrationError } from "@archway/db/errors.ts";
import { formatError } from "./format_error.ts";

/** Interval between two checks of the database. */
const RETRY_MS = 1000;

/** Codes of an unreachable or overloaded database, which are retried. */
const TRANSIENT_CODES: ReadonlySet<DatabaseErrorCode> = new Set([
  ...["unavailable", "outcome-unknown", "saturated", "timeout"] as const,
]);

/** Options of {@link MigrationGate}. */
export interface MigrationGateOptions {
  /** Whether to apply pending migrations, or to wait until another process has applied them. */
  readonly migrate: boolean;
}

/** Options of {@link MigrationGate.run}. */
export interface MigrationGateRunOptions extends MigrationObserver {
  readonly onApplied: (files: readonly string[]) => void;
  /** Called once if pending migrations have to be applied by another process. */
  readonly onPending: (files: readonly string[]) => void;
  readonly onUnavailable: (error: DatabaseError) => void;
  /**
   * Called when a migration fails with another message than before. It is then retried: a developer is writing it.
   *
   * @default undefined, which rejects
   */
  readonly onFailed?: (message: string) => void;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

/**
 * Applies or awaits migrations once the database is reachable, so that the program may start before its database. Errors
 * of a migration are not retried.
 */
export class MigrationGate {
  readonly #waiting = Promise.withResolvers<void>();

  constructor(
    private readonly migrations: MigrationManager,
    private readonly sources: readonly MigrationSource[],
    private readonly options: MigrationGateOptions,
  ) {}

  /** Resolves after an unsuccessful first attempt, when the wait may become long. */
  get waiting(): Promise<void> {
    return this.#waiting.promise;
  }

  /** Returns the current number of pending migrations, which grows if one is reverted. */
  async countPending(): Promise<number> {
    return (await this.migrations.pendingMigrations(this.sources)).length;
  }

  /** Resolves when all migrations are applied, or the signal aborts. */
  async run(options: MigrationGateRunOptions): Promise<void> {
    const { onPending, onUnavailable, onFailed, signal } = options;
    let notified = false;
    let failure: string | undefined;
    while (!signal.aborted) {
      try {
        const pending = await this.#step(options);
        if (pending.length === 0) return;
        if (!notified) onPending(pending);
        notified = true;
      } catch (error) {
        if (signal.aborted && error === signal.reason) return;
        const isTransient = error instanceof DatabaseError && TRANSIENT_CODES.has(error.code);
        if (!isTransient && (onFailed === undefined || !isMigrationFailure(error))) throw error;
        // The pool is closing.
        if (signal.aborted) return;
        if (isTransient) onUnavailable(error);
        else if (formatError(error) !== failure) onFailed?.(failure = formatError(error));
      }
      this.#waiting.resolve();
      await pause(RETRY_MS, signal);
    }
  }

  /** Returns the migrations that another process has to apply. */
  async #step(options: MigrationGateRunOptions): Promise<readonly string[]> {
    if (!this.options.migrate) return await this.migrations.pendingMigrations(this.sources);
    const applied = await this.migrations.migrate(this.sources, options);
    if (applied.length > 0) options.onApplied(applied);
    return [];
  }
}

function isMigrationFailure(error: unknown): error is MigrationError | DatabaseError {
  return error instanceof MigrationError || error instanceof DatabaseError;
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
