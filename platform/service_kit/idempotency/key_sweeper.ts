import type { Querier, QueryOptions } from "@archway/db/db.ts";
import { microsecondsOf, type Timestamp, timestampOf } from "@archway/db/timestamp.ts";
import { PeriodicTask, retentionInterval } from "../periodic_task.ts";

/** Options of {@link keySweeper}. */
export interface KeySweeperOptions {
  readonly writer: () => Querier;
  /** Lifetime of a stored response, in milliseconds. The key stays for as long again, reported as expired. */
  readonly ttlMs: number;
  readonly now: () => Timestamp;
  /** Called when a sweep fails; the next one retries. */
  readonly onFailed: (error: unknown) => void;
}

/** Returns the task that deletes keys past their lifetime. */
export function keySweeper({ writer, ttlMs, now, onFailed }: KeySweeperOptions): PeriodicTask {
  return new PeriodicTask({
    intervalMs: retentionInterval(ttlMs),
    run: (signal) => {
      const before = timestampOf(microsecondsOf(now()) - BigInt(ttlMs) * 1000n);
      return sweepKeys(writer(), { before, signal });
    },
    onFailed,
  });
}

/** Maximum number of keys per statement, so that it is short and holds few locks. */
const BATCH = 1000;

// Processes can sweep concurrently: each skips the rows that another one has locked.
const SWEEP = `delete from idempotency_keys where id in (
  select id from idempotency_keys where expires_at < $1 order by expires_at limit ${BATCH} for update skip locked
)`;

/** Deletes the keys that expired before a time. */
async function sweepKeys(
  db: Querier,
  { before, ...options }: QueryOptions & { readonly before: Timestamp },
): Promise<void> {
  while ((await db.query(SWEEP, [before], options)).rowCount === BATCH);
}
