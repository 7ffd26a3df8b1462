import { isArray, textMember } from "@archway/service_kit/json_value.ts";
import { type CheckOptions, visibilityOf } from "./check_reads.ts";
import type { Operation } from "./history.ts";
import type { Violation } from "./violation.ts";

/**
 * Checks walks over all pages of a list: no item twice, each that existed all along once, none that was deleted before,
 * and the order of earlier walks. Those with a filter need not have all items.
 */
export function checkWalks(
  operations: readonly Operation[],
  options: CheckOptions,
): readonly Violation[] {
  const walks = operations.filter(({ action, outcome }) =>
    /^(?:walk|filter)$/.test(action) && outcome === "ok"
  );
  const creations = new Map(operations.flatMap((operation) => {
    const item = operation.action === "create" ? textMember(operation.output, "item") : undefined;
    return item === undefined ? [] : [[item, operation] as const];
  }));
  const deletions = Map.groupBy(
    operations.filter(({ action, outcome }) => action === "delete" && outcome !== "fail"),
    ({ key }) => key,
  );
  let previous: Operation | undefined;
  return walks.flatMap((walk) => {
    const isVisible = visibilityOf(walk, options);
    const items = itemsOf(walk);
    const found = new Set(items);
    const repeated = items.filter((item, index) => items.indexOf(item) !== index);
    const missing = walk.output["complete"] !== true || walk.action === "filter"
      ? []
      : [...creations].filter(([item, creation]) =>
        creation.key === walk.key && isVisible?.(creation) && !found.has(item) &&
        !deletions.get(item)?.some(({ invoked }) => invoked < walk.returned)
      );
    const deleted = [...deletions].flatMap(([item, all]) =>
      found.has(item) ? all.filter((deletion) => isVisible?.(deletion)) : []
    );
    const moved = previous?.key === walk.key ? movedItem(itemsOf(previous), items) : undefined;
    const violations = [
      ...repeated.slice(0, 1).map((item) => violation(`a walk returned ${item} twice`, [walk])),
      ...missing.slice(0, 1).map(([item, creation]) =>
        violation(`a walk skipped ${item}, which existed all along`, [creation, walk])
      ),
      ...deleted.slice(0, 1).map((deletion) =>
        violation(`a walk returned ${deletion.key}, which had been deleted`, [deletion, walk])
      ),
      ...(moved === undefined || previous === undefined
        ? []
        : [violation(`two walks returned ${moved} in different orders`, [previous, walk])]),
    ];
    if (walk.action === "walk") previous = walk;
    return violations;
  });
}

/** Returns the paths of the items that a walk found. */
export function itemsOf({ output }: Operation): readonly string[] {
  const items = output["items"];
  return isArray(items) ? items.map(String) : [];
}

/** Returns an item that is before another one in one list and after it in the other. */
function movedItem(before: readonly string[], after: readonly string[]): string | undefined {
  const places = new Map(before.map((item, index) => [item, index]));
  let last = -1;
  for (const item of after) {
    const place = places.get(item);
    if (place === undefined) continue;
    if (place < last) return item;
    last = place;
  }
  return undefined;
}

function violation(message: string, operations: readonly Operation[]): Violation {
  return { check: "lists", message, operations };
}
