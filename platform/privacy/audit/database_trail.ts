import type { ConnectionPool, Querier, QueryOptions } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { Logger } from "@archway/server/logger.ts";
import type { AuditEntry, AuditTrail, StatementOf } from "@archway/service_kit/audit_trail.ts";
import { insertEntries, recordingParameters, recordingText, type TimedEntry } from "./audit_row.ts";

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

/** Maximum number of ids of a row. */
const ROW_IDS = 100;

/** Number of rows that one statement writes. */
const BATCH = 1_000;

/** Maximum number of ids that wait, such as while the database is unavailable. */
const MAX_WAITING = 100_000;

/** Reads of a caller that wait: distinct ids since a time. */
interface WaitingReads extends Pick<AuditEntry, "actor" | "resource"> {
  readonly at: Timestamp;
  readonly ids: Set<string>;
}

/**
 * Writes the audit log: changes with their statements or transactions, reads together. What a caller reads several times in a second is
 * recorded once. Disposing writes the reads that wait.
 */
export class DatabaseTrail implements AuditTrail, AsyncDisposable {
  readonly #options: DatabaseTrailOptions;
  /** Texts of {@link recordingText}, by those of the changes. */
  readonly #texts = new Map<string, string>();
  #waiting = new Map<string, WaitingReads>();
  /** Rows that could not be written yet. */
  #rows: readonly TimedEntry[] = [];
  /** Number of ids that wait. */
  #count = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #lost = 0;

  constructor(options: DatabaseTrailOptions) {
    this.#options = options;
  }

  recording([change, parameters]: StatementOf, entry: AuditEntry): StatementOf {
    if (!this.#records(entry)) return [change, parameters];
    let text = this.#texts.get(change);
    if (text === undefined) {
      text = recordingText(change, parameters.length);
      this.#texts.set(change, text);
    }
    return [text, [...parameters, ...recordingParameters({ ...entry, at: this.#options.now() })]];
  }

  async changed(
    tx: Querier,
    entries: readonly AuditEntry[],
    options?: Pick<QueryOptions, "last">,
  ): Promise<void> {
    const recorded = entries.filter((entry) => this.#records(entry));
    if (recorded.length === 0) return;
    const at = this.#options.now();
    await insertEntries(tx, recorded.map((entry) => ({ ...entry, at })), options);
  }

  read({ actor, resource, ids }: Omit<AuditEntry, "action">): void {
    if (!this.#options.reads || ids.length === 0) return;
    const key = actor === null ? resource : `${resource} ${actor}`;
    let reads = this.#waiting.get(key);
    if (reads === undefined) {
      reads = { actor, resource, at: this.#options.now(), ids: new Set() };
      this.#waiting.set(key, reads);
    }
    const before = reads.ids.size;
    for (const id of ids) {
      if (this.#count < MAX_WAITING) reads.ids.add(id);
      else if (!reads.ids.has(id)) this.#lost++;
    }
    this.#count += reads.ids.size - before;
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
    this.#lost += this.#count;
    this.#reportLost();
  }

  /** Whether an entry is recorded: what is sent to someone counts as a read. */
  #records({ action }: AuditEntry): boolean {
    return this.#options.reads || action !== "send";
  }

  async #write(): Promise<void> {
    const { pool, logger } = this.#options;
    const gathered = [...this.#waiting.values()].flatMap(rowsOf);
    this.#waiting = new Map();
    this.#rows = [...this.#rows, ...gathered];
    while (this.#rows.length > 0) {
      const batch = this.#rows.slice(0, BATCH);
      try {
        await insertEntries(pool.writer(), batch);
      } catch (error) {
        logger.warn("Audit log unavailable; reads are queued: {message}", {
          message: error instanceof Error ? error.message : "unknown",
        });
        return;
      }
      this.#rows = this.#rows.slice(batch.length);
      this.#count -= batch.reduce((sum, { ids }) => sum + ids.length, 0);
    }
    this.#reportLost();
  }

  #reportLost(): void {
    if (this.#lost === 0) return;
    this.#options.logger.error("Audit log lacks {count} reads: the database was unavailable for too long", {
      count: this.#lost,
    });
    this.#lost = 0;
  }
}

function rowsOf({ ids, ...reads }: WaitingReads): readonly TimedEntry[] {
  const all = [...ids];
  return Array.from({ length: Math.ceil(all.length / ROW_IDS) }, (_, index) => ({
    ...reads,
    action: "read",
    ids: all.slice(index * ROW_IDS, (index + 1) * ROW_IDS),
  }));
}
