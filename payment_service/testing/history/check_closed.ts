import type { Operation } from "@archway/conformance/history/history.ts";
import type { Violation } from "@archway/conformance/history/violation.ts";
import { textMember } from "@archway/service_kit/json_value.ts";
import type { TransferHistory } from "./transfer_history.ts";

/**
 * Checks that a closed account is empty, that nothing moved on it afterwards, and that requests were refused because of it
 * only if it may have been closed.
 */
export function checkClosed(
  { statements, requests }: TransferHistory,
  all: readonly Operation[],
): readonly Violation[] {
  const closings = Map.groupBy(
    all.filter(({ action, outcome }) => action === "close" && outcome !== "fail"),
    ({ key }) => key,
  );
  return [
    ...[...closings].flatMap(([account, attempts]) => {
      const closed = attempts.find(({ outcome }) => outcome === "ok");
      const entries = statements.get(account) ?? [];
      const late = entries.find(({ request }) => (request?.invoked ?? -1) > (closed?.returned ?? Infinity));
      if (closed === undefined) return [];
      if (late !== undefined) {
        const message = `${late.id} moved money on ${account}, which was closed before`;
        return [violation(message, [closed, ...late.request?.attempts ?? []])];
      }
      if ((entries.at(-1)?.balance ?? 0) === 0) return [];
      return [violation(`${account} was closed, and is not empty`, [closed])];
    }),
    ...[...requests.values()].flatMap(({ attempts }) => attempts).flatMap((refusal) => {
      if (refusal.output["problem"] !== "account-closed") return [];
      const accounts = refusal.action === "deposit"
        ? [refusal.key]
        : ["from", "to"].map((name) => textMember(refusal.input, name) ?? "");
      const isExplained = accounts.some((account) =>
        closings.get(account)?.some(({ invoked }) => invoked < refusal.returned)
      );
      if (isExplained) return [];
      return [violation("a request was refused because of a closed account, and none was closed", [refusal])];
    }),
  ];
}

function violation(message: string, operations: readonly Operation[]): Violation {
  return { check: "closed-accounts", message, operations };
}
