import type { JsonValue } from "@archway/server/operation.ts";
import { jsonpath } from "json-p3";
import type { DiagnosticList, Place } from "../../diagnostics/diagnostics.ts";
import { type OverlayAction, type OverlaySource, readOverlay } from "./read_overlay.ts";
import { isRecord, type Selected, updateNode, valueAt } from "./update_node.ts";

/**
 * Applies overlays to a document, one action after the other. Targets that select nothing are warnings; actions that cannot
 * be applied are errors, at their places in the overlay.
 */
export function applyOverlays(
  document: JsonValue,
  { overlays, diagnostics }: {
    readonly overlays: readonly OverlaySource[];
    readonly diagnostics: DiagnosticList;
  },
): JsonValue {
  if (overlays.length === 0) return document;
  // Aliases share values, which change one by one.
  const changed: MutableValue = JSON.parse(JSON.stringify(document));
  for (const action of overlays.flatMap(readOverlay)) applyAction(changed, { action, diagnostics });
  return JSON.parse(JSON.stringify(changed));
}

function applyAction(
  root: MutableValue,
  { action, diagnostics }: { readonly action: OverlayAction; readonly diagnostics: DiagnosticList },
): void {
  const { change, target, targetPlace, changePlace } = action;
  const nodes = select(root, { path: target, place: targetPlace, diagnostics });
  if (nodes === undefined) return;
  if (nodes.length === 0) {
    diagnostics.warnAt(
      targetPlace,
      "The target selects nothing in the document; correct or remove the action",
    );
  }
  if (change === undefined) {
    diagnostics.warnAt(targetPlace, "The action changes nothing; write update, copy, or remove: true");
  } else if (change === "remove") {
    // From the end, so that the positions in lists stay right.
    for (const { location } of nodes.toSorted(byLocation).reverse()) {
      removeAt(root, { location, targetPlace, diagnostics });
    }
  } else {
    const [source, ...more] = change.kind === "update"
      ? [change]
      : select(root, { path: String(change.value), place: changePlace, diagnostics }) ?? [];
    if (source === undefined || more.length > 0) {
      diagnostics.addAt(changePlace, "Expected the JSONPath of one value to copy");
      return;
    }
    // Every target gets values of its own, and what is copied does not change on the way.
    const text = JSON.stringify(source.value);
    for (const node of nodes) updateNode(node, { root, value: JSON.parse(text), action, diagnostics });
  }
}

/** JSON value that actions change in place. */
type MutableValue = Parameters<typeof jsonpath.query>[1];

/** Returns the selected parts, each once; undefined if the JSONPath is malformed. */
function select(
  root: MutableValue,
  { path, place, diagnostics }: {
    readonly path: string;
    readonly place: Place;
    readonly diagnostics: DiagnosticList;
  },
): readonly Selected[] | undefined {
  try {
    const nodes = [...jsonpath.query(path, root)].map(({ location, value }) => ({ location, value }));
    return [...new Map(nodes.map((node) => [JSON.stringify(node.location), node])).values()];
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/ \(.*\)$/s, "") : "unknown syntax";
    diagnostics.addAt(place, `Not a JSONPath (RFC 9535): ${reason}`);
    return undefined;
  }
}

/** Compares locations: by their parts from the left, an object or list before what it contains. */
function byLocation(left: Selected, right: Selected): number {
  for (const [index, part] of left.location.entries()) {
    const other = right.location[index];
    if (other === undefined) return 1;
    if (part === other) continue;
    if (typeof part === "number" && typeof other === "number") return part - other;
    return String(part) < String(other) ? -1 : 1;
  }
  return left.location.length - right.location.length;
}

function removeAt(
  root: unknown,
  { location, targetPlace, diagnostics }: {
    readonly location: readonly (number | string)[];
    readonly targetPlace: Place;
    readonly diagnostics: DiagnosticList;
  },
): void {
  const key = location.at(-1);
  const parent = valueAt(root, location.slice(0, -1));
  if (key === undefined) diagnostics.addAt(targetPlace, "The whole document cannot be removed");
  else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else if (isRecord(parent)) Reflect.deleteProperty(parent, key);
}
