import type { JsonValue } from "@archway/server/operation.ts";

/** A reference to the id of another prepared schema. */
const REFERENCE = /"\$ref":"([a-z]+:[^"]*)"/g;

/**
 * Returns the ids of prepared schemas in the order to compile them: each after those that it refers to. Schemas that refer
 * to each other are entered at the first of them in `ids`, not at the one that happens to be used first, because Ajv
 * generates other code for a reference to a schema that is not finished.
 *
 * @param ids all ids, in the order of the document
 */
export function compileOrder(
  ids: readonly string[],
  schemas: ReadonlyMap<string, JsonValue>,
): readonly string[] {
  const targets = new Map(ids.map((id) => [id, referencesOf(schemas.get(id) ?? true)]));
  const position = new Map(ids.map((id, index) => [id, index]));
  const order: string[] = [];
  // Tarjan's algorithm: a group of schemas that refer to each other is complete at the one with the least number.
  const numbers = new Map<string, number>();
  const lows = new Map<string, number>();
  const open: string[] = [];
  const visit = (id: string): number => {
    const number = numbers.size;
    numbers.set(id, number);
    open.push(id);
    let low = number;
    for (const target of targets.get(id) ?? []) {
      if (!targets.has(target)) continue;
      const isOpen = numbers.has(target) && !lows.has(target);
      if (!numbers.has(target)) low = Math.min(low, visit(target));
      else if (isOpen) low = Math.min(low, numbers.get(target) ?? low);
    }
    if (low === number) {
      const group = open.splice(open.lastIndexOf(id));
      for (const one of group) lows.set(one, low);
      order.push(...group.toSorted((left, right) => (position.get(left) ?? 0) - (position.get(right) ?? 0)));
    }
    return low;
  };
  for (const id of ids) if (!numbers.has(id)) visit(id);
  return order;
}

function referencesOf(schema: JsonValue): readonly string[] {
  return [...JSON.stringify(schema).matchAll(REFERENCE)].map(([, id = ""]) => id);
}
