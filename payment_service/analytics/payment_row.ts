/** Row of a payment in ClickHouse. */
export interface PaymentRow {
  /** Id of the message, the same each time that it is published or delivered. */
  readonly message_id: string;
  readonly type: string;
  readonly recorded_at: string;
  readonly payment_id: string | null;
  readonly refund_id: string | null;
  readonly payer_account_id: string | null;
  readonly payee_account_id: string;
  readonly currency: string;
  readonly amount: string;
}

/**
 * Returns the row of a published event.
 *
 * @throws {Error} if it does not have the form of the events in the OpenAPI document.
 */
export function paymentRow(messageId: string, event: unknown): PaymentRow {
  const [data, amount] = [membersOf(event, "data"), membersOf(membersOf(event, "data"), "amount")];
  const timestamp = textOf(event, "timestamp");
  const [, date, time] = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?)Z$/.exec(timestamp) ?? [];
  if (date === undefined) throw new Error("timestamp is not a time in UTC");
  const type = textOf(event, "type");
  const isDeposit = type === "deposit.settled";
  return {
    message_id: messageId,
    type,
    recorded_at: `${date} ${time}`,
    payment_id: isDeposit ? null : textOf(data, "paymentId"),
    refund_id: type === "payment.refunded" ? textOf(data, "refundId") : null,
    payer_account_id: isDeposit ? null : textOf(data, "payerAccountId"),
    payee_account_id: textOf(data, isDeposit ? "accountId" : "payeeAccountId"),
    currency: textOf(amount, "currency"),
    amount: textOf(amount, "amount"),
  };
}

function membersOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function textOf(value: unknown, name: string): string {
  const text = membersOf(value, name);
  if (typeof text !== "string") throw new Error(`${name} is not a text`);
  return text;
}
