import type { Logger } from "@archway/server/logger.ts";
import { PeriodicTask, retentionInterval } from "@archway/service_kit/periodic_task.ts";
import type { ProfileService } from "./app.ts";

/** Returns the task that erases personal data after the retention period, at least once an hour. */
export function profileErasure(
  profiles: ProfileService,
  { retentionMs, logger }: { readonly retentionMs: number; readonly logger: Logger },
): PeriodicTask {
  return new PeriodicTask({
    intervalMs: retentionInterval(retentionMs),
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
