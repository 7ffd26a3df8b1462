import { textMember } from "@archway/service_kit/json_value.ts";
import type { CheckOptions } from "./check_reads.ts";
import type { Operation } from "./history.ts";
import { expectedOf, isMissing, itemHistories, type ItemHistory, valueOf } from "./item_versions.ts";
import { linearize, type SequentialModel } from "./linearize.ts";
import type { Violation } from "./violation.ts";

/** State of an item before its creation and after its deletion. */
const ABSENT = "";

/** Whether reads may be stale, so that writes alone are linearizable. */
type CheckRegistersOptions = Pick<CheckOptions, "hasReplicas">;

/**
 * Checks that every item is linearizable: a register whose versions change by compare-and-set with their entity tags.
 * Items are independent, so that each is checked alone.
 */
export function checkRegisters(
  operations: readonly Operation[],
  options: CheckRegistersOptions,
): readonly Violation[] {
  return itemHistories(operations).flatMap((history) => [
    ...repeatedTags(history),
    ...checkItem(history, options),
  ]);
}

function checkItem(history: ItemHistory, { hasReplicas }: CheckRegistersOptions): readonly Violation[] {
  const relevant = history.operations.filter((operation) => isJudged(operation, hasReplicas));
  const model = registerModel(history);
  const { verdict } = linearize(relevant, model);
  const { item } = history;
  if (verdict === "linearizable") return [];
  if (verdict === "undecided") {
    return [{ check: "linearizable", message: `${item} has too many orders to decide`, operations: [] }];
  }
  const { before, operations } = shorten(relevant, model);
  const state = before === ABSENT ? "does not exist" : `is ${before}`;
  const writes = history.operations.filter((one) => isWrite(one) && valueOf(one) === before);
  return [{
    check: "linearizable",
    message: `no order of these operations explains their results; before them ${item} ${state}`,
    operations: [...new Set([...writes, ...operations])],
  }];
}

/** Whether an operation says something about the state of its item. */
function isJudged({ action, outcome, output }: Operation, hasReplicas: boolean): boolean {
  if (action === "read") return outcome === "ok" && !hasReplicas;
  return outcome !== "fail" || output["status"] === 412 || output["status"] === 404;
}

/** Returns the model of an item: its value, or {@link ABSENT}. */
function registerModel({ etags }: Pick<ItemHistory, "etags">): SequentialModel {
  const tagged = new Set(etags.values());
  // The tag of a version that no response has shown with its value may be that of any such version.
  const matches = (state: string, etag: string | undefined): boolean => {
    const known = etags.get(state);
    return etag === undefined || (known === undefined ? !tagged.has(etag) : known === etag);
  };
  return {
    initial: ABSENT,
    step(state, operation): string | undefined {
      const { action, outcome, output } = operation;
      const [exists, expected] = [state !== ABSENT, expectedOf(operation)];
      if (action === "create") return exists ? undefined : valueOf(operation);
      if (action === "read" || action === "confirm") {
        if (isMissing(operation)) return exists ? undefined : state;
        return state === valueOf(operation) ? state : undefined;
      }
      if (outcome === "fail") {
        if (output["status"] === 404) return exists ? undefined : state;
        const isRefused = exists && etags.get(state) !== expected &&
          matches(state, textMember(output, "etag"));
        return isRefused ? state : undefined;
      }
      if (!exists || !matches(state, expected)) return undefined;
      return action === "delete" ? ABSENT : valueOf(operation);
    },
  };
}

/** Returns the end of a history that cannot be linearized, without operations that are not needed for that. */
function shorten(
  operations: readonly Operation[],
  model: SequentialModel,
): { readonly before: string; readonly operations: readonly Operation[] } {
  const ends = operations.map(({ returned }) => returned).filter((end) => end !== Infinity)
    .toSorted((one, other) => one - other);
  const isViolated = (some: readonly Operation[], initial = model.initial): boolean =>
    linearize(some, { ...model, initial }).verdict === "violated";
  // Each beginning of a linearizable history is linearizable, so the shortest that is not can be bisected.
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isViolated(until(operations, ends[middle] ?? 0))) high = middle;
    else low = middle + 1;
  }
  let left = until(operations, ends[high] ?? 0);
  for (const operation of left.filter((one) => !isWrite(one))) {
    const fewer = left.filter((one) => one !== operation);
    if (isViolated(fewer)) left = fewer;
  }
  // What ended before all others began can be replaced by the state that it led to.
  let before = model.initial;
  for (const cut of left.map(({ invoked }) => invoked)) {
    const [earlier, later] = [
      left.filter(({ invoked }) => invoked < cut),
      left.filter((one) => one.invoked >= cut),
    ];
    if (earlier.some(({ returned }) => returned > cut)) continue;
    const { verdict, state } = linearize(earlier, { ...model, initial: before });
    if (verdict === "linearizable" && isViolated(later, state)) [before, left] = [state, later];
  }
  // A write that has not ended helps no order here; it is shown where a response has its value.
  const seen = new Set(left.map(({ output }) => output["value"]));
  const shown = left.filter((one) => one.returned !== Infinity || seen.has(valueOf(one) ?? ""));
  return { before, operations: shown };
}

/** Returns the history as it was at an event: what had not ended has an unknown outcome. */
function until(operations: readonly Operation[], event: number): readonly Operation[] {
  return operations.flatMap((operation) => {
    if (operation.invoked > event) return [];
    if (operation.returned <= event || operation.returned === Infinity) return [operation];
    const mayWrite = operation.outcome === "ok" && /^(?:create|replace|delete)$/.test(operation.action);
    return mayWrite ? [{ ...operation, outcome: "unknown", output: {}, returned: Infinity }] : [];
  });
}

function isWrite({ action, outcome }: Operation): boolean {
  return outcome !== "fail" && action !== "read" && action !== "confirm";
}

/** Returns responses that show one entity tag with two values. */
function repeatedTags({ operations }: ItemHistory): readonly Violation[] {
  const first = new Map<string, Operation>();
  return operations.flatMap((operation) => {
    const [value, etag] = [valueOf(operation), textMember(operation.output, "etag")];
    if (operation.outcome !== "ok" || value === undefined || etag === undefined) return [];
    const known = first.get(etag);
    if (known === undefined) first.set(etag, operation);
    if (known === undefined || valueOf(known) === value) return [];
    const message = `the entity tag ${etag} stands for two values`;
    return [{ check: "linearizable", message, operations: [known, operation] }];
  });
}
