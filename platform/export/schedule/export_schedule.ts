import { defineJob } from "@archway/service_kit/job.ts";
import { objectPayload } from "@archway/service_kit/object_payload.ts";
import { defineSchedule, type ScheduleDefinition } from "@archway/service_kit/schedule.ts";

/** Exports all data sets. One at a time, over all processes; it takes as long as it takes. */
export const exportJob = defineJob({
  kind: "export.all",
  payload: objectPayload({}),
  ...{ concurrency: 1, timeoutMs: 24 * 3_600_000 },
  ...{ retries: 5, backoff: { firstMs: 30_000, maxMs: 600_000 } },
});

/** Returns the schedule of exports at the times of EXPORT_SCHEDULE. */
export function exportSchedule(cron: string): ScheduleDefinition {
  return defineSchedule({
    ...{ name: "export.all", cron, setting: "EXPORT_SCHEDULE", overlap: "skip" },
    ...{ job: exportJob, payload: {} },
  });
}
