import { type CheckOptions, visibilityOf } from "@archway/conformance/history/check_reads.ts";
import type { Operation } from "@archway/conformance/history/history.ts";
import type { Violation } from "@archway/conformance/history/violation.ts";
import { isArray, textMember } from "@archway/service_kit/json_value.ts";
import { transferHistory } from "./transfer_history.ts";

/** Difference between clocks if it is not known, and time that a client may pause between the two readings of one. */
const CLOCK_ERROR_MS = 2_000;

/** Operations on a payment request, and the payments that it has at the end. */
interface RequestHistory {
  readonly id: string;
  readonly creation: Operation | undefined;
  readonly operations: readonly Operation[];
  readonly payments: readonly string[];
}

/**
 * Checks payment requests: each is paid once, or cancelled, or expires; reads show it so, and refusals are explained. That
 * a payer who repeats a payment gets the same one, and that the money moved once, is checked with the transfers.
 */
export function checkRequests(options: CheckOptions): readonly Violation[] {
  const { requests } = transferHistory(options.all);
  const own = options.all.filter(({ action }) => /^(?:request|pay|cancel|status|revisions)$/.test(action));
  return [...Map.groupBy(own, ({ key }) => key)].flatMap(([id, operations]) => {
    const creation = operations.find(({ action }) => action === "request");
    const history = { id, creation, operations, payments: requests.get(id)?.effects ?? [] };
    return [
      ...checkOnce(history),
      ...checkRevisions(history, options),
      ...checkExpiry(history, options),
      ...operations.flatMap((operation) =>
        operation.action === "status"
          ? checkStatus(operation, history, options)
          : checkRefusal(operation, history, options)
      ),
    ].slice(0, 1);
  });
}

/** Checks that a request has one payment, or was cancelled. */
function checkOnce({ id, operations, payments }: RequestHistory): readonly Violation[] {
  const paid = operations.filter((one) => one.action === "pay" && one.outcome === "ok");
  const cancelled = operations.find((one) => one.action === "cancel" && one.outcome === "ok");
  const made = new Set([...payments, ...paid.map(({ output }) => textMember(output, "id") ?? "")]);
  if (made.size > 1) return violation(`${id} was paid ${made.size} times: ${[...made].join(", ")}`, paid);
  if (cancelled === undefined || made.size === 0) return [];
  return violation(`${id} was cancelled, and paid by ${[...made].join(", ")}`, [...paid, cancelled]);
}

/** Checks that revisions end with the only final one, and that this is the payment if there is one. */
function checkRevisions(
  { id, operations }: RequestHistory,
  options: CheckOptions,
): readonly Violation[] {
  return operations.flatMap((read) => {
    if (read.action !== "revisions" || read.outcome !== "ok") return [];
    const states = isArray(read.output["states"]) ? read.output["states"].map(String) : [];
    const isOrdered = states.length > 0 && states.slice(0, -1).every((state) => state === "created");
    const isVisible = visibilityOf(read, options);
    const payment = operations.find((one) => one.action === "pay" && isVisible?.(one));
    if (isOrdered && (payment === undefined || states.at(-1) === "paid")) return [];
    const message = `the revisions of ${id} are ${states.join(", ")}`;
    return violation(message, [...payment === undefined ? [] : [payment], read]);
  });
}

/** Checks that no payment began after the request had expired, by the clock of the recorder. */
function checkExpiry(
  { id, creation, operations, payments }: RequestHistory,
  options: CheckOptions,
): readonly Violation[] {
  const attempts = operations.filter((one) => one.action === "pay" && one.outcome !== "fail");
  const late = attempts.filter(({ startMs }) =>
    startMs > expiryMs(creation) + (options.clockErrorMs ?? CLOCK_ERROR_MS)
  );
  const isPaid = payments.length > 0 || attempts.some(({ outcome }) => outcome === "ok");
  if (!isPaid || late.length < attempts.length) return [];
  return violation(`${id} was paid after its expiry`, [...creation === undefined ? [] : [creation], ...late]);
}

/** Checks that a read shows what its token covers, and nothing that has not begun. */
function checkStatus(
  read: Operation,
  { id, creation, operations, payments }: RequestHistory,
  options: CheckOptions,
): readonly Violation[] {
  if (read.outcome !== "ok") return [];
  const isVisible = visibilityOf(read, options);
  const [state, payment] = [textMember(read.output, "state"), textMember(read.output, "payment")];
  const covered = (action: string): Operation | undefined =>
    operations.find((one) => one.action === action && isVisible?.(one));
  for (
    const [action, expected] of [["pay", "paid"], ["cancel", "cancelled"], ["request", undefined]] as const
  ) {
    const write = covered(action);
    const isStale = expected === undefined ? state === undefined : state !== expected;
    if (write === undefined || !isStale) continue;
    const message = `a read returned ${state ?? "no"} ${id} after ${action}, which it has to show`;
    return [{ check: "read-your-writes", message, operations: [write, read] }];
  }
  const isBegun = state === "created" || state === undefined ||
    (state === "expired"
      ? read.endMs > expiryMs(creation) - earlyMs(options)
      : mayHave(operations, state === "paid" ? "pay" : "cancel", read));
  if (!isBegun) return violation(`a read returned ${id} as ${state}, which it was not`, [read]);
  if (payment === undefined || payments.length === 0 || payments.includes(payment)) return [];
  return violation(`a read returned ${payment} as the payment of ${id}, which has ${payments[0]}`, [read]);
}

/** Checks that a request was refused because of a state that it may have had. */
function checkRefusal(
  refusal: Operation,
  { id, creation, operations }: RequestHistory,
  options: CheckOptions,
): readonly Violation[] {
  const [, state] = /^payment-request-(paid|cancelled|expired)$/.exec(
    textMember(refusal.output, "problem") ?? "",
  ) ?? [];
  if (state === undefined) return [];
  const isExplained = state === "expired"
    ? refusal.endMs > expiryMs(creation) - earlyMs(options)
    : mayHave(operations, state === "paid" ? "pay" : "cancel", refusal);
  return isExplained ? [] : violation(`${id} was refused as ${state}, which it was not`, [refusal]);
}

/** Whether an action may have taken effect before the end of another one. */
function mayHave(operations: readonly Operation[], action: string, before: Operation): boolean {
  return operations.some((one) =>
    one.action === action && one.outcome !== "fail" && one.invoked < before.returned
  );
}

/** Returns the expiry of a request in milliseconds since the start; its lifetime began shortly before its creation. */
function expiryMs(creation: Operation | undefined): number {
  return creation === undefined ? Infinity : creation.startMs + Number(creation.input["lifetimeMs"]);
}

/** Returns the time before its computed expiry from which on a request may be expired. */
function earlyMs({ clockErrorMs = 0 }: CheckOptions): number {
  return clockErrorMs + CLOCK_ERROR_MS;
}

function violation(message: string, operations: readonly Operation[]): readonly Violation[] {
  return [{ check: "payment-requests", message, operations }];
}
