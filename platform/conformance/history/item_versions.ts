import { textMember } from "@archway/service_kit/json_value.ts";
import type { Operation } from "./history.ts";

/** Operations on an item of a collection, and what they reveal of its versions. */
export interface ItemHistory {
  /** Path of the item. */
  readonly item: string;
  /** Its creation first, then in the order of their beginnings. Reads that failed are left out. */
  readonly operations: readonly Operation[];
  /** Entity tags by value, as responses named them together. */
  readonly etags: ReadonlyMap<string, string>;
}

/** Returns the entity tag by which a write names the version that it replaces. */
export function expectedOf({ input }: Operation): string | undefined {
  return textMember(input, "etag");
}

/** Returns the value that an operation has written or read, if it has. */
export function valueOf({ action, input, output }: Operation): string | undefined {
  return textMember(action === "create" || action === "replace" ? input : output, "value");
}

/** Whether an operation found that its item does not exist. */
export function isMissing({ output }: Operation): boolean {
  return output["missing"] === true;
}

/** Returns the histories of items that were created. */
export function itemHistories(operations: readonly Operation[]): readonly ItemHistory[] {
  const items = new Map<string, Operation[]>();
  for (const operation of operations) {
    const item = operation.action === "create" ? textMember(operation.output, "item") : operation.key;
    if (operation.action === "create" && item !== undefined) items.set(item, [operation]);
    else if (item !== undefined && operation.action !== "walk") items.get(item)?.push(operation);
  }
  return [...items].map(([item, own]) => ({ item, operations: own, etags: etagsOf(own) }));
}

function etagsOf(operations: readonly Operation[]): ReadonlyMap<string, string> {
  return new Map(operations.flatMap((operation) => {
    const [value, etag] = [valueOf(operation), textMember(operation.output, "etag")];
    return operation.outcome === "ok" && value !== undefined && etag !== undefined ? [[value, etag]] : [];
  }));
}

/** Version of an item in the order of its versions. */
export interface ItemVersion {
  readonly value: string;
  /** Write that made it. */
  readonly write: Operation;
}

/**
 * Returns the versions of an item in order: each write names the version that it replaced. Writes of unknown outcome count
 * if their value was read.
 */
export function versionsOf({ operations, etags }: ItemHistory): readonly ItemVersion[] {
  const successors = new Map<string, Operation>();
  for (const operation of operations) {
    const [expected, value] = [expectedOf(operation), valueOf(operation)];
    if (operation.action !== "replace" || expected === undefined || value === undefined) continue;
    const isSeen = operation.outcome === "unknown" && etags.has(value) && !successors.has(expected);
    if (operation.outcome === "ok" || isSeen) successors.set(expected, operation);
  }
  const versions: ItemVersion[] = [];
  // Bounded, as entity tags may repeat where a service is wrong.
  for (let write = operations[0]; write !== undefined && versions.length < operations.length;) {
    const value = valueOf(write) ?? "";
    versions.push({ value, write });
    const etag = etags.get(value);
    write = etag === undefined ? undefined : successors.get(etag);
  }
  return versions;
}
