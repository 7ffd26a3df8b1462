import type { Logger } from "@archway/server/logger.ts";
import { PeriodicTask } from "@archway/service_kit/periodic_task.ts";
import type { ProfileService } from "./app.ts";

const MIN_INTERVAL_MS = 60_000;
const MAX_INTERVAL_MS = 3_600_000;

/** Returns the task that erases personal data after the retention period, at least once an hour. */
export function profileErasure(
  profiles: ProfileService,
  { retentionMs, logger }: { readonly retentionMs: number; readonly logger: Logger },
): PeriodicTask {
  return new PeriodicTask({
    intervalMs: Math.min(Math.max(retentionMs / 24, MIN_INTERVAL_MS), MAX_INTERVAL_MS),
    run: async (signal) => {
      const count = await profiles.eraseDeleted(retentionMs, { signal });
      if (count > 0) logger.info("Erased the personal data of {count} deleted profiles", { count });
    },
    onFailed: (error) =>
      logger.warn("Personal data of deleted profiles could not be erased: {message}", {
        message: error instanceof Error ? error.message : "unknown",
      }),
  });
}
