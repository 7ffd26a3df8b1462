import { textMember } from "@archway/service_kit/json_value.ts";
import { type CheckOptions, visibilityOf } from "./check_reads.ts";
import { itemsOf } from "./check_walks.ts";
import type { Operation } from "./history.ts";
import { itemHistories, type ItemHistory, valueOf, versionsOf } from "./item_versions.ts";
import type { Violation } from "./violation.ts";

/**
 * Checks walks over a list that is filtered by a value: each item that matched all along is there, and none whose value
 * does not contain that of the filter.
 */
export function checkFilters(operations: readonly Operation[], options: CheckOptions): readonly Violation[] {
  const walks = operations.filter(({ action, outcome }) => action === "filter" && outcome === "ok");
  const histories = walks.length === 0 ? [] : itemHistories(operations).map((history) => ({
    ...{ history, writes: history.operations.filter(isWrite) },
    versions: versionsOf(history).map(({ write }) => write),
  }));
  return walks.flatMap((walk) => {
    const found = new Set(itemsOf(walk));
    return histories.filter(({ history }) => history.operations[0]?.key === walk.key).flatMap((one) =>
      (found.has(one.history.item) ? checkFound(walk, one, options) : checkSkipped(walk, one, options)).slice(
        0,
        1,
      )
    ).slice(0, 1);
  });
}

interface ItemWrites {
  readonly history: ItemHistory;
  /** Writes that may have taken effect. */
  readonly writes: readonly Operation[];
  /** Those that certainly did, in the order of their versions. */
  readonly versions: readonly Operation[];
}

function checkFound(
  walk: Operation,
  { history: { item }, writes, versions }: ItemWrites,
  options: CheckOptions,
): readonly Violation[] {
  const replaced = versions.slice(0, Math.max(newestOf(walk, versions, options), 0));
  const filter = filterOf(walk);
  const isPossible = writes.some((write) =>
    write.invoked < walk.returned && !replaced.includes(write) &&
    valueOf(write)?.toLowerCase().includes(filter)
  );
  if (isPossible) return [];
  const current = versions[replaced.length];
  return [{
    check: "lists",
    message: `a walk returned ${item}, which did not match its filter`,
    operations: [...current === undefined ? [] : [current], walk],
  }];
}

function checkSkipped(
  walk: Operation,
  { history: { item }, writes, versions }: ItemWrites,
  options: CheckOptions,
): readonly Violation[] {
  const newest = newestOf(walk, versions, options);
  const current = versions[newest];
  if (current === undefined || walk.output["complete"] !== true) return [];
  const mayChange = writes.some((write) =>
    write.invoked < walk.returned && !versions.slice(0, newest + 1).includes(write)
  );
  const [value, filter] = [valueOf(current)?.toLowerCase() ?? "", filterOf(walk)];
  const isMatch = walk.input["isPrefix"] === true ? value.startsWith(filter) : value === filter;
  if (mayChange || !isMatch) return [];
  const message = `a walk with a filter skipped ${item}, which matched it all along`;
  return [{ check: "lists", message, operations: [current, walk] }];
}

/** Returns the index of the newest version that a walk has to show; -1 without one. */
function newestOf(walk: Operation, versions: readonly Operation[], options: CheckOptions): number {
  const isVisible = visibilityOf(walk, options);
  return isVisible === undefined ? -1 : versions.findLastIndex(isVisible);
}

function filterOf({ input }: Operation): string {
  return textMember(input, "value")?.toLowerCase() ?? "";
}

function isWrite({ action, outcome }: Operation): boolean {
  return /^(?:create|replace|delete)$/.test(action) && outcome !== "fail";
}
