import { handleJob } from "@archway/service_kit/job.ts";
import { defineSchedule } from "@archway/service_kit/schedule.ts";
import { defineService, type MountedService } from "@archway/service_kit/service_module.ts";
import { testJob } from "./test_job.ts";

/** Job that calls the URL in its payload and waits for the response. */
export const CALL = testJob("call", { backoff: { firstMs: 1, maxMs: 1 } });

/** Service that only has a job and a schedule of it. */
export const shopModule = defineService({
  name: "shop",
  requires: ["jobs"],
  jobs: [CALL],
  // On the 29th of February, which tests do not wait for.
  schedules: [
    defineSchedule({
      name: "test.leap",
      cron: "0 0 29 2 *",
      job: CALL,
      payload: { name: "http://127.0.0.1:1/" },
    }),
  ],
  mount: (): MountedService => ({
    jobs: [
      handleJob(CALL, async ({ name: url }, { signal, traceparent, attempt }) => {
        const headers = { ...(traceparent && { traceparent }), "X-Attempt": String(attempt) };
        const response = await fetch(url, { headers, signal });
        await response.body?.cancel();
        if (!response.ok) throw new Error(`The receiver responded with ${response.status}`);
      }),
    ],
  }),
});
