import type { ConnectionPool, Querier } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { Logger } from "@archway/server/logger.ts";
import type { AuditEntry, AuditTrail } from "@archway/service_kit/audit_trail.ts";
import { insertEntries, type TimedEntry } from "./audit_row.ts";

/** Options of {@link DatabaseTrail}. */
export interface DatabaseTrailOptions {
  readonly pool: ConnectionPool;
  readonly now: () => Timestamp;
  readonly logger: Logger;
  /** Whether reads are recorded, too. */
  readonly reads: boolean;
}

/** Time in which reads are gathered, in milliseconds. */
const DELAY_MS = 1_000;

/** Number of reads at which they are written at once. */
const BATCH = 1_000;

/** Maximum number of reads that wait, such as while the database is away. */
const MAX_WAITING = 100_000;

/** Writes the audit log: changes in their transactions, reads in batches. Disposing writes the reads that wait. */
export class DatabaseTrail implements AuditTrail, AsyncDisposable {
  readonly #options: DatabaseTrailOptions;
  #waiting: TimedEntry[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #lost = 0;

  constructor(options: DatabaseTrailOptions) {
    this.#options = options;
  }

  async changed(tx: Querier, entry: AuditEntry): Promise<void> {
    await insertEntries(tx, [{ ...entry, at: this.#options.now() }]);
  }

  read(entry: Omit<AuditEntry, "action">): void {
    if (!this.#options.reads || entry.ids.length === 0) return;
    if (this.#waiting.length >= MAX_WAITING) this.#lost++;
    else this.#waiting.push({ ...entry, action: "read", at: this.#options.now() });
    if (this.#waiting.length % BATCH === 0) void this.flush();
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.flush(), DELAY_MS);
    Deno.unrefTimer(this.#timer);
  }

  /** Writes the reads that wait. Never rejects: those that could not be written wait for the next time. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return this.#writing = this.#writing.then(() => this.#write());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush();
    if (this.#waiting.length > 0) this.#lost += this.#waiting.length;
    this.#reportLost();
  }

  async #write(): Promise<void> {
    const { pool, logger } = this.#options;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, BATCH);
      try {
        await insertEntries(pool.writer(), batch);
      } catch (error) {
        logger.warn("Reads could not be written to the audit log, and wait: {message}", {
          message: error instanceof Error ? error.message : "unknown",
        });
        return;
      }
      this.#waiting = this.#waiting.slice(batch.length);
    }
    this.#reportLost();
  }

  #reportLost(): void {
    if (this.#lost === 0) return;
    this.#options.logger.error("The audit log lacks {count} reads: the database was away for too long", {
      count: this.#lost,
    });
    this.#lost = 0;
  }
}
