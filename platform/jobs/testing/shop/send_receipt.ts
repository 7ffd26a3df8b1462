import { defineJob, type PayloadOf, PermanentJobError } from "@archway/service_kit/job.ts";
import { objectPayload } from "@archway/service_kit/object_payload.ts";
import { defineSchedule } from "@archway/service_kit/schedule.ts";

const RECEIPT = objectPayload({ orderId: "string", url: "string" });

/** Receipt of an order, and the address that it is posted to. */
export type Receipt = PayloadOf<typeof RECEIPT>;

/** Sends a receipt. */
export const sendReceipt = defineJob({
  kind: "shop.send_receipt",
  payload: RECEIPT,
  retries: 5,
  timeoutMs: 30_000,
});

/** Sends the receipt of a whole day, every night. */
export const nightlyReceipt = defineSchedule({
  name: "shop.nightly_receipt",
  cron: "30 2 * * *",
  timeZone: "Europe/Berlin",
  job: sendReceipt,
  payload: { orderId: "all", url: "http://127.0.0.1:9/receipts" },
});

/** Posts a receipt. Another attempt has the same id, by which the receiver can recognize it. */
export async function postReceipt(
  { orderId, url }: Receipt,
  { id, signal }: { readonly id: string; readonly signal: AbortSignal },
): Promise<void> {
  const headers = { "Idempotency-Key": id };
  const { ok, status, body } = await fetch(url, { method: "POST", headers, body: orderId, signal });
  await body?.cancel();
  if (status === 422) throw new PermanentJobError("The receipt was rejected");
  if (!ok) throw new Error(`The receiver responded with ${status}`);
}
