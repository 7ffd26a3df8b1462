import { type CheckOptions, visibilityOf } from "@archway/conformance/history/check_reads.ts";
import type { Operation } from "@archway/conformance/history/history.ts";
import type { Entry } from "./transfer_history.ts";

/**
 * Returns the balances of entries that a read may show: from the newest entry that its token covers on, up to those that
 * had begun before its end.
 */
export function possibleTotals(
  read: Operation,
  entries: readonly Pick<Entry, "balance" | "request">[],
  options: CheckOptions,
): { readonly possible: readonly number[]; readonly newest: readonly Operation[] } {
  const isVisible = visibilityOf(read, options);
  const oldest = isVisible === undefined
    ? -1
    : entries.findLastIndex(({ request }) => request?.acknowledged.some(isVisible));
  const begun = entries.findLastIndex(({ request }) => (request?.invoked ?? 0) < read.returned) - oldest + 1;
  const totals = [0, ...entries.map(({ balance }) => balance)].slice(oldest + 1);
  return {
    possible: totals.slice(0, Math.max(begun, 1)),
    newest: entries[oldest]?.request?.acknowledged ?? [],
  };
}
