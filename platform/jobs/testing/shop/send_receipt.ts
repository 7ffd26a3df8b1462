import { defineJob, payloadOf, PermanentJobError } from "@archway/service_kit/job.ts";
import { defineSchedule } from "@archway/service_kit/schedule.ts";

/** Receipt of an order, and the address that it is posted to. */
export interface Receipt {
  readonly orderId: string;
  readonly url: string;
}

/** Sends a receipt. */
export const sendReceipt = defineJob({
  kind: "shop.send_receipt",
  payload: payloadOf(readReceipt),
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

function readReceipt(value: unknown): Receipt {
  if (typeof value === "object" && value !== null && "orderId" in value && "url" in value) {
    const { orderId, url } = value;
    if (typeof orderId === "string" && typeof url === "string") return { orderId, url };
  }
  throw new Error("orderId and url are required");
}
