import { handleJob } from "@archway/service_kit/job.ts";
import { defineService, type MountedService } from "@archway/service_kit/service_module.ts";
import { nightlyReceipt, postReceipt, sendReceipt } from "./send_receipt.ts";

/** A shop that sends receipts. */
export const shopModule = defineService({
  name: "shop_service",
  requires: ["jobs"],
  jobs: [sendReceipt],
  schedules: [nightlyReceipt],
  mount: (): MountedService => ({ jobs: [handleJob(sendReceipt, postReceipt)] }),
});
