import type { Operation } from "./history.ts";
import { isMissing, itemHistories, type ItemHistory, valueOf, versionsOf } from "./item_versions.ts";
import type { Violation } from "./violation.ts";

/** Options of the checks of a history. */
export interface CheckOptions {
  /** Whether reads without a token may be stale. */
  readonly hasReplicas: boolean;
  /** All operations of the history, by their numbers. */
  readonly all: readonly Operation[];
  /** Maximum difference between the clocks of the program and of the recorder, in milliseconds. @default {2_000} */
  readonly clockErrorMs?: number;
}

/**
 * Returns whether a write is visible to a read or a walk: with the Consistency-Token of a write, that write and
 * everything acknowledged before it; without replicas, everything acknowledged before.
 */
export function visibilityOf(
  read: Operation,
  { hasReplicas, all }: CheckOptions,
): ((write: Operation) => boolean) | undefined {
  if (!hasReplicas) return ({ outcome, returned }) => outcome === "ok" && returned < read.invoked;
  const token = tokenOf(read, all);
  if (token === undefined) return undefined;
  return ({ outcome, index, returned }) =>
    outcome === "ok" && (index === token.index || returned < token.invoked);
}

/** Checks that reads return versions that were written, and none that is older than their Consistency-Token. */
export function checkReads(
  operations: readonly Operation[],
  options: CheckOptions,
): readonly Violation[] {
  return itemHistories(operations).flatMap((history) => {
    const reads = history.operations.filter(({ action, outcome }) => action === "read" && outcome === "ok");
    const context = { ...options, history };
    return reads.flatMap((read) => isMissing(read) ? checkMissing(read, context) : checkRead(read, context));
  });
}

interface ReadContext extends CheckOptions {
  readonly history: ItemHistory;
}

function checkRead(read: Operation, { history, ...options }: ReadContext): readonly Violation[] {
  const value = valueOf(read);
  const versions = versionsOf(history);
  const found = versions.findIndex((version) => version.value === value);
  const write = versions[found]?.write ??
    history.operations.find((one) => one.action !== "read" && valueOf(one) === value);
  if (write === undefined || write.outcome === "fail" || write.invoked > read.returned) {
    const message = `a read returned ${value}, which was not written`;
    return [{ check: "values", message, operations: [...write === undefined ? [] : [write], read] }];
  }
  const isVisible = visibilityOf(read, options);
  if (isVisible === undefined || found === -1) return [];
  const newer = versions.findLast((version) => isVisible(version.write));
  const deletion = history.operations.find((one) => one.action === "delete" && isVisible(one));
  if (deletion !== undefined) return [stale(read, "although it was deleted", [deletion], options)];
  if (newer === undefined || versions.indexOf(newer) <= found) return [];
  return [stale(read, `although ${newer.value} had replaced it`, [write, newer.write], options)];
}

function checkMissing(read: Operation, { history, ...options }: ReadContext): readonly Violation[] {
  const [creation] = history.operations;
  const isDeleted = history.operations.some(({ action, outcome, invoked }) =>
    action === "delete" && outcome !== "fail" && invoked < read.returned
  );
  const isVisible = visibilityOf(read, options);
  if (creation === undefined || isDeleted || !isVisible?.(creation)) return [];
  return [stale(read, "although it was created", [creation], options)];
}

/** Returns the violation of a read that is older than it may be. */
function stale(
  read: Operation,
  reason: string,
  writes: readonly Operation[],
  { all }: CheckOptions,
): Violation {
  const token = tokenOf(read, all);
  const sent = token === undefined
    ? "acknowledged before"
    : `which the Consistency-Token of #${token.index} covers`;
  const returned = isMissing(read) ? `no ${read.key}` : valueOf(read);
  return {
    check: "read-your-writes",
    message: `a read returned ${returned}, ${reason}, ${sent}`,
    operations: [...new Set([...writes, ...token === undefined ? [] : [token], read])],
  };
}

/** Returns the write whose token an operation has sent. */
function tokenOf({ input }: Operation, all: readonly Operation[]): Operation | undefined {
  return all[Number(input["token"] ?? -1)];
}
