import type { Transaction, TxManager } from "@archway/db/db.ts";
import { enqueue } from "../../enqueue.ts";
import { type Receipt, sendReceipt } from "./send_receipt.ts";

/** Options of {@link placeOrder}. */
interface PlaceOrderOptions {
  readonly insertOrder: (tx: Transaction) => Promise<void>;
  /** `traceparent` of the request. */
  readonly traceparent?: string;
}

/** Places an order. Its receipt is sent once if the order is committed, and not at all otherwise. */
export async function placeOrder(
  connections: TxManager,
  receipt: Receipt,
  { insertOrder, traceparent }: PlaceOrderOptions,
): Promise<void> {
  await connections.withTx(async (tx) => {
    await insertOrder(tx);
    await enqueue(tx, sendReceipt, receipt, { uniqueKey: receipt.orderId, traceparent, last: true });
  });
}
