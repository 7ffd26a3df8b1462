import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";
import { unescapeToken } from "../document/json_value.ts";

/** Returns the offset of a JSON Pointer's target, or of its nearest existing ancestor. */
export function yamlOffset(pointer: string, document: Document): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const token of pointer.split("/").slice(1).map(unescapeToken)) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = pairOf(node, { token, document });
      if (pair === undefined || !isScalar(pair.key)) break;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(token)];
      if (!isMap(item) && !isScalar(item) && !isSeq(item) && !isAlias(item)) break;
      offset = startOf(item) ?? offset;
      node = item;
    } else break;
  }
  return offset;
}

function startOf(node: Node): number | undefined {
  return node.range?.[0];
}

/** Returns a pair of a mapping, or of one that it merges. */
function pairOf(
  map: YAMLMap,
  { token, document, depth = 0 }: { token: string; document: Document; depth?: number },
): Pair | undefined {
  const find = (name: string): Pair | undefined =>
    map.items.find(({ key }) => isScalar(key) && key.value === name);
  const merged = find("<<")?.value;
  const own = find(token);
  if (own !== undefined || merged === undefined || depth > 20) return own;
  for (const item of isSeq(merged) ? merged.items : [merged]) {
    const source = isAlias(item) ? item.resolve(document) : item;
    const found = isMap(source) ? pairOf(source, { token, document, depth: depth + 1 }) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
