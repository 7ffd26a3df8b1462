import type { Operation } from "@archway/conformance/history/history.ts";
import type { Violation } from "@archway/conformance/history/violation.ts";
import { textMember } from "@archway/service_kit/json_value.ts";
import type { KeyedRequest, TransferHistory } from "./transfer_history.ts";

/** Checks that requests with one key took effect at most once, and once if that was acknowledged. */
export function checkKeys(
  { requests }: TransferHistory,
  all: readonly Operation[],
): readonly Violation[] {
  return [
    ...[...requests.values()].flatMap(checkKey),
    ...all.filter(({ action }) => action === "reuse").flatMap((operation) => {
      const isShared = operation.outcome === "ok" || operation.output["problem"] === "idempotency-key-reused";
      if (!isShared) return [];
      const others = requests.get(operation.key)?.attempts ?? [];
      return violation("the key of one owner stood for a request of another", [...others, operation]);
    }),
  ];
}

function checkKey(request: KeyedRequest): readonly Violation[] {
  const { key, attempts, acknowledged, effects } = request;
  const ids = new Set(acknowledged.map(({ output }) => textMember(output, "id")));
  const isPossible = attempts.some(({ outcome }) => outcome !== "fail");
  if (effects.length > 1) {
    return violation(`the key ${key} took effect ${effects.length} times: ${effects.join(", ")}`, attempts);
  }
  if (ids.size > 1) return violation(`the key ${key} had different responses`, acknowledged);
  if (acknowledged.length > 0 && effects.length === 0) {
    return violation(`the key ${key} was acknowledged, and its effect is missing`, acknowledged);
  }
  if (!isPossible && effects.length > 0) {
    return violation(`the key ${key} took effect although all its requests were refused`, attempts);
  }
  const [id] = ids;
  if (id !== undefined && id !== effects[0]) {
    return violation(`the key ${key} made ${effects[0]}, but its response named ${id}`, acknowledged);
  }
  return [];
}

function violation(message: string, operations: readonly Operation[]): readonly Violation[] {
  return [{ check: "exactly-once", message, operations }];
}
