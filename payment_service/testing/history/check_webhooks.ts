import type { CheckOptions } from "@archway/conformance/history/check_reads.ts";
import type { Operation } from "@archway/conformance/history/history.ts";
import type { Violation } from "@archway/conformance/history/violation.ts";
import { isArray, isObject, type JsonObject, textMember } from "@archway/service_kit/json_value.ts";

/**
 * Checks what the receivers of webhooks were sent by the end: each event of a payment at least once, in the order of its
 * stream, with one id and a valid signature, and none of a payment that does not exist.
 */
export function checkWebhooks({ all }: CheckOptions): readonly Violation[] {
  return all.filter(({ action, outcome }) => action === "deliveries" && outcome === "ok").flatMap((found) => {
    const payments = new Map(
      itemsOf(found, "payments").map((one) => [textMember(one, "id") ?? "", Number(one["refunded"])]),
    );
    const receptions = itemsOf(found, "receptions");
    const invalid = Number(found.output["invalid"]);
    const messages = [
      ...invalid === 0 ? [] : [`${invalid} messages had no valid signature`],
      ...checkOrder(receptions),
      ...checkIds(receptions),
      ...checkComplete(payments, receptions),
    ];
    // The operation has all receptions, and would not be read.
    return messages.slice(0, 1).map((message) => ({ check: "webhooks", message, operations: [] }));
  });
}

/** Checks that an event was accepted before the next one of its stream was sent. */
function checkOrder(receptions: readonly JsonObject[]): readonly string[] {
  const accepted = new Set<string>();
  return receptions.flatMap((reception) => {
    const event = textMember(reception, "event") ?? "";
    const [stream = "", version] = event.split("@");
    const previous = `${stream}@${Number(version) - 1}`;
    const isEarly = Number(version) > 1 && !accepted.has(previous);
    if (reception["isAccepted"] === true) accepted.add(event);
    return isEarly ? [`${event} was sent before ${previous} was accepted`] : [];
  });
}

/** Checks that repetitions of an event have one id. */
function checkIds(receptions: readonly JsonObject[]): readonly string[] {
  return [...Map.groupBy(receptions, (one) => textMember(one, "event") ?? "")].flatMap(([event, all]) => {
    const ids = new Set(all.map((one) => textMember(one, "message")));
    return ids.size === 1 ? [] : [`${event} was sent with the ids ${[...ids].join(" and ")}`];
  });
}

/**
 * Checks that what was accepted of each payment is what it is. Events of payments that do not exist come first: a missing
 * delivery may only be late.
 */
function checkComplete(
  payments: ReadonlyMap<string, number>,
  receptions: readonly JsonObject[],
): readonly string[] {
  const accepted = acceptedTotals(receptions);
  const unknown = [...accepted.keys()].filter((payment) => !payments.has(payment));
  const different = [...payments].flatMap(([payment, expected]) => {
    const total = accepted.get(payment);
    if (total === undefined) return [`no event of payment ${payment} was delivered`];
    if (total === expected) return [];
    const text = (minor: number): string => (minor / 100).toFixed(2);
    return [`of payment ${payment}, ${text(expected)} was refunded, but events say ${text(total)}`];
  });
  return [
    ...unknown.map((payment) => `an event of payment ${payment} was sent, which does not exist`),
    ...different,
  ];
}

/** Returns the total of the refunds of each payment of which an event was accepted. */
export function acceptedTotals(receptions: readonly JsonObject[]): ReadonlyMap<string, number> {
  const totals = new Map<string, number>();
  const seen = new Set<string>();
  for (const reception of receptions) {
    const [event, payment] = ["event", "payment"].map((name) => textMember(reception, name) ?? "");
    if (event === undefined || payment === undefined || reception["isAccepted"] !== true || seen.has(event)) {
      continue;
    }
    seen.add(event);
    totals.set(payment, (totals.get(payment) ?? 0) + Number(reception["refunded"]));
  }
  return totals;
}

function itemsOf({ output }: Operation, name: string): readonly JsonObject[] {
  const items = output[name];
  return isArray(items) ? items.filter(isObject) : [];
}
