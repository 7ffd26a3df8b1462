import { defineJob, handleJob, type JobHandler } from "@archway/service_kit/job.ts";
import { objectPayload } from "@archway/service_kit/object_payload.ts";
import { defineSchedule } from "@archway/service_kit/schedule.ts";
import type { PaymentApp } from "../app/payment_app.ts";

/** Creates the payment requests of a batch. An attempt continues where the one before it ended. */
export const createRequests = defineJob({
  kind: "payments.create_requests",
  payload: objectPayload({ batchId: "uuid" }),
  timeoutMs: 300_000,
});

/** Records expired payment requests, and deletes batches that are gone. */
const expireRequests = defineJob({
  kind: "payments.expire_requests",
  payload: objectPayload({}),
  // The next minute has another one.
  retries: 0,
  concurrency: 1,
});

/** Jobs of the service. */
export const PAYMENT_JOBS = [createRequests, expireRequests];

/** Schedules of the service. */
export const PAYMENT_SCHEDULES = [
  defineSchedule({ name: "payments.expire_requests", cron: "* * * * *", job: expireRequests, payload: {} }),
];

/** Returns the handlers of the jobs. */
export function paymentJobHandlers({ requestExpiry, batches }: PaymentApp): readonly JobHandler[] {
  return [
    handleJob(createRequests, ({ batchId }, { signal }) => batches.process(batchId, { signal })),
    handleJob(expireRequests, async (_, { signal }) => {
      await requestExpiry.expireDue({ signal });
      await batches.deleteGone();
    }),
  ];
}
