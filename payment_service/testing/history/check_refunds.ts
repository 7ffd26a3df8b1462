import type { CheckOptions } from "@archway/conformance/history/check_reads.ts";
import type { Operation } from "@archway/conformance/history/history.ts";
import type { Violation } from "@archway/conformance/history/violation.ts";
import { textMember } from "@archway/service_kit/json_value.ts";
import { possibleTotals } from "./possible_totals.ts";
import { type Entry, minorUnits, type TransferHistory } from "./transfer_history.ts";

/**
 * Checks that refunds do not exceed their payment, that reads of payments show a total that was current, and that a refund
 * that was refused as too large was.
 */
export function checkRefunds(history: TransferHistory, options: CheckOptions): readonly Violation[] {
  const refunds = refundsOf(history);
  return [
    ...[...refunds].flatMap(([payment, entries]) => checkTotal(payment, entries, history)),
    ...options.all.flatMap((operation) => {
      const { action, outcome, key, output } = operation;
      if (action === "refunded" && outcome === "ok") {
        return checkRead(operation, refunds.get(key) ?? [], options);
      }
      return output["problem"] === "refund-exceeds-payment" ? checkRefusal(operation, refunds, history) : [];
    }),
  ];
}

/** Returns the refunds of each payment in the order of its payer's statement, with their totals as balances. */
function refundsOf({ statements }: TransferHistory): ReadonlyMap<string, readonly Entry[]> {
  const received = [...statements.values()].flat().filter(({ refund, amount }) =>
    refund !== undefined && amount > 0
  );
  return new Map(
    [...Map.groupBy(received, ({ payment }) => payment ?? "")].map(([payment, entries]) => {
      let balance = 0;
      return [payment, entries.map((entry) => ({ ...entry, balance: balance += entry.amount }))];
    }),
  );
}

function checkTotal(
  payment: string,
  entries: readonly Entry[],
  { amounts }: TransferHistory,
): readonly Violation[] {
  const total = entries.at(-1)?.balance ?? 0;
  const amount = amounts.get(payment);
  if (amount === undefined || total <= amount) return [];
  const message = `payment ${payment} of ${text(amount)} was refunded by ${text(total)}`;
  return [violation(message, entries.flatMap(({ request }) => request?.attempts ?? []))];
}

function checkRead(
  read: Operation,
  entries: readonly Entry[],
  options: CheckOptions,
): readonly Violation[] {
  const { possible, newest } = possibleTotals(read, entries, options);
  const refunded = minorUnits(read.output["refunded"]);
  if (possible.includes(refunded)) return [];
  const token = options.all[Number(read.input["token"] ?? -1)];
  return [{
    check: "read-your-writes",
    message: `a read returned ${text(refunded)} as refunded, which it was not after the refunds to be shown`,
    operations: [...new Set([...newest.slice(0, 1), ...token === undefined ? [] : [token], read])],
  }];
}

function checkRefusal(
  refusal: Operation,
  refunds: ReadonlyMap<string, readonly Entry[]>,
  { amounts }: TransferHistory,
): readonly Violation[] {
  const payment = textMember(refusal.input, "payment") ?? "";
  const amount = amounts.get(payment);
  const begun = (refunds.get(payment) ?? []).filter(({ request }) =>
    (request?.invoked ?? 0) < refusal.returned
  );
  const total = begun.reduce((sum, one) => sum + one.amount, 0);
  if (amount === undefined || total + minorUnits(refusal.input["amount"]) > amount) return [];
  const message = `a refund was refused as too large, although only ${text(total)} of ${
    text(amount)
  } was refunded`;
  return [violation(message, [refusal])];
}

function text(minor: number): string {
  return (minor / 100).toFixed(2);
}

function violation(message: string, operations: readonly Operation[]): Violation {
  return { check: "refunds", message, operations };
}
