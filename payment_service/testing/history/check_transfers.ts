import type { CheckOptions } from "@archway/conformance/history/check_reads.ts";
import type { Operation } from "@archway/conformance/history/history.ts";
import type { Violation } from "@archway/conformance/history/violation.ts";
import { textMember } from "@archway/service_kit/json_value.ts";
import { checkClosed } from "./check_closed.ts";
import { checkKeys } from "./check_keys.ts";
import { checkRefunds } from "./check_refunds.ts";
import { checkStatements } from "./check_statements.ts";
import { possibleTotals } from "./possible_totals.ts";
import { type Entry, minorUnits, type TransferHistory, transferHistory } from "./transfer_history.ts";

/**
 * Checks a history of transfers against the statements at its end: money is conserved, each key took effect once, one
 * order of transfers explains all statements, and balances and refusals agree with it.
 */
export function checkTransfers(options: CheckOptions): readonly Violation[] {
  const { all } = options;
  const history = transferHistory(all);
  const { unread } = history;
  if (history.statements.size + unread.length === 0) return [];
  if (unread.length > 0) {
    const message = `the statement of ${unread.join(", ")} could not be read at the end`;
    return [{ check: "transfers", message, operations: [] }];
  }
  return [
    ...checkKeys(history, all),
    ...checkStatements(history),
    ...checkRefunds(history, options),
    ...checkClosed(history, all),
    ...all.flatMap((operation) =>
      operation.action === "balance" && operation.outcome === "ok"
        ? checkBalance(operation, history, options)
        : []
    ),
    ...checkRefusals(history),
  ];
}

/** Checks that a balance was current at a moment that the read's token allows. */
function checkBalance(
  read: Operation,
  { statements }: TransferHistory,
  options: CheckOptions,
): readonly Violation[] {
  const entries = statements.get(read.key) ?? [];
  const { possible, newest } = possibleTotals(read, entries, options);
  if (possible.includes(minorUnits(read.output["balance"]))) return [];
  const token = options.all[Number(read.input["token"] ?? -1)];
  return [{
    check: "read-your-writes",
    message:
      `a read returned the balance ${textMember(read.output, "balance")}, which the account did not have ` +
      `after the transfers that the read has to show`,
    operations: [...new Set([...newest.slice(0, 1), ...(token === undefined ? [] : [token]), read])],
  }];
}

/** Checks that a payment or refund that was refused for want of funds could not be paid at some moment of its attempts. */
function checkRefusals({ requests, statements }: TransferHistory): readonly Violation[] {
  return [...requests.values()].flatMap(({ attempts, invoked }) => {
    const refusal = attempts.find(({ output }) => output["problem"] === "insufficient-funds");
    const entries = statements.get(textMember(refusal?.input, "from") ?? "");
    if (refusal === undefined || entries === undefined) return [];
    const first = entries.findLastIndex(({ request }) => (request?.returned ?? Infinity) < invoked);
    const last = entries.findLastIndex(({ request }) => (request?.invoked ?? 0) < refusal.returned);
    const balances = [0, ...entries.map((entry: Entry) => entry.balance)].slice(first + 1, last + 2);
    if (balances.some((balance) => balance < minorUnits(refusal.input["amount"]))) return [];
    const message = "a payment was refused for want of funds, which the payer had all along";
    return [{ check: "transfers", message, operations: [refusal] }];
  });
}
