import type { Querier } from "@archway/db/db.ts";
import { microsecondsOf, type Timestamp, timestampOf } from "@archway/db/timestamp.ts";
import { PeriodicTask, retentionInterval } from "../periodic_task.ts";
import { sweepKeys } from "./sweep_keys.ts";

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
