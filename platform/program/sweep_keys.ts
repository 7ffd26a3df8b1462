import type { WorkConfig } from "@archway/config/config.ts";
import { microsecondClock } from "@archway/db/timestamp.ts";
import { keySweeper } from "@archway/service_kit/idempotency.ts";
import type { PeriodicTask } from "@archway/service_kit/periodic_task.ts";
import type { Booted } from "./boot.ts";

/** Returns the task that removes expired idempotency keys; any number of processes may run it. */
export function sweepKeys(
  { idempotencyTtlMs: ttlMs }: WorkConfig,
  { database: { pool }, logger }: Pick<Booted, "database" | "logger">,
): PeriodicTask {
  return keySweeper({
    writer: () => pool.writer(),
    ttlMs,
    now: microsecondClock(),
    onFailed: (error) =>
      logger.warn("Expired idempotency keys could not be removed: {message}", {
        message: error instanceof Error ? error.message : "unknown",
      }),
  });
}
