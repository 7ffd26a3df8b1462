import type { CheckOptions } from "@archway/conformance/history/check_reads.ts";
import type { Operation } from "@archway/conformance/history/history.ts";
import type { Violation } from "@archway/conformance/history/violation.ts";
import { isArray, textMember } from "@archway/service_kit/json_value.ts";

/**
 * Checks that each batch was accepted once, and that its job has created each of its requests once: none is missing of a
 * batch that was acknowledged, and none is there of one that was refused.
 */
export function checkBatches({ all }: CheckOptions): readonly Violation[] {
  const reads = all.filter(({ action }) => action === "requests");
  const failed = reads.find(({ outcome }) => outcome !== "ok");
  if (failed !== undefined) return [violation("the requests could not be read at the end", [failed])];
  const counts = new Map<string, number>();
  for (const key of reads.flatMap(keysIn)) counts.set(key, (counts.get(key) ?? 0) + 1);
  const attempts = Map.groupBy(all.filter(({ action }) => action === "batch"), ({ key }) => key);
  return [...attempts].flatMap(([key, operations]) => {
    const end = all.find((one) => one.action === "batch end" && one.key === key);
    return checkBatch({ key, operations, count: counts.get(key) ?? 0, end });
  });
}

interface BatchHistory {
  readonly key: string;
  readonly operations: readonly Operation[];
  /** Number of its requests. */
  readonly count: number;
  /** State at the end; undefined if it was not acknowledged. */
  readonly end: Operation | undefined;
}

function checkBatch({ key, operations, count, end }: BatchHistory): readonly Violation[] {
  const acknowledged = operations.filter(({ outcome }) => outcome === "ok");
  const ids = new Set(acknowledged.map(({ output }) => textMember(output, "id")));
  const items = Number(operations[0]?.input["items"]);
  if (ids.size > 1) return [violation(`the batch ${key} was accepted ${ids.size} times`, acknowledged)];
  if (count > items) {
    return [violation(`the batch ${key} of ${items} requests has led to ${count}`, operations)];
  }
  const isPossible = operations.some(({ outcome }) => outcome !== "fail");
  if (!isPossible && count > 0) {
    return [violation(`the batch ${key} was refused, and has led to ${count} requests`, operations)];
  }
  if (end === undefined || acknowledged.length === 0) return [];
  const state = textMember(end.output, "state");
  if (state !== "completed") {
    return [violation(`the batch ${key} was accepted, and its job has not ended: ${state}`, acknowledged)];
  }
  if (count === items) return [];
  return [
    violation(`the batch ${key} of ${items} requests is completed, and has led to ${count}`, acknowledged),
  ];
}

/** Returns the descriptions of requests, which are the keys of their batches. */
function keysIn({ output }: Operation): readonly string[] {
  const items = output["items"];
  return isArray(items) ? items.map((item) => textMember(item, "key") ?? "") : [];
}

function violation(message: string, operations: readonly Operation[]): Violation {
  return { check: "jobs", message, operations };
}
