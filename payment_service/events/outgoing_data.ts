import type { JsonObject, OutgoingEvent } from "../../outbox/outgoing_event.ts";
import { writeMoney } from "../domain/money.ts";

/**
 * What receivers of events are told: the data as it is kept, but amounts as clients know them,
 * `{ "amount": "12.34", "currency": "BRL" }` and not minor units.
 */
export function outgoingData({ data }: Pick<OutgoingEvent, "data">): JsonObject {
  const { amount, currency, ...rest } = data;
  if (typeof amount !== "string" || typeof currency !== "string" || !/^\d+$/.test(amount)) return data;
  return { ...rest, amount: { ...writeMoney({ units: BigInt(amount), currency }) } };
}
