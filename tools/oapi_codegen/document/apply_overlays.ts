import type { JsonValue } from "@archway/server/operation.ts";
import { jsonpath } from "json-p3";
import type { DiagnosticList, Place } from "../diagnostics.ts";
import { type OverlayAction, type OverlaySource, readOverlay } from "./read_overlay.ts";

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
  const { target, update, targetPlace, updatePlace } = action;
  let nodes: readonly Selected[];
  try {
    nodes = [...jsonpath.query(target, root)].map(({ location, value }) => ({ location, value }));
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/ \(.*\)$/s, "") : "unknown syntax";
    diagnostics.addAt(targetPlace, `Not a JSONPath (RFC 9535): ${reason}`);
    return;
  }
  if (nodes.length === 0) {
    diagnostics.warnAt(
      targetPlace,
      "The target selects nothing in the document; correct or remove the action",
    );
  }
  if (update === undefined) {
    // From the end, so that the positions in lists stay right.
    for (const { location } of [...nodes].reverse()) removeAt(root, { location, targetPlace, diagnostics });
    return;
  }
  for (const { value } of nodes) {
    // Every target gets values of its own.
    const own: unknown = structuredClone(update);
    if (Array.isArray(value)) value.push(own);
    else if (isRecord(value) && isRecord(own)) merge(value, { update: own, place: updatePlace, diagnostics });
    else {
      const message = isRecord(value)
        ? "Expected an object to merge into the targets"
        : "The target is neither an object nor a list; select the object that contains it";
      diagnostics.addAt(isRecord(value) ? updatePlace : targetPlace, message);
    }
  }
}

/** JSON value that actions change in place. */
type MutableValue = Parameters<typeof jsonpath.query>[1];

/** Part of the document that a JSONPath selects. */
interface Selected {
  readonly location: readonly (number | string)[];
  readonly value: unknown;
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
  const parent = location.slice(0, -1).reduce<unknown>((value, part) => Object(value)[part], root);
  if (key === undefined) diagnostics.addAt(targetPlace, "The whole document cannot be removed");
  else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else if (isRecord(parent)) Reflect.deleteProperty(parent, key);
}

/** Merges an update: objects member by member, lists by appending; other values are replaced. */
function merge(
  target: Record<string, unknown>,
  { update, place, diagnostics }: {
    readonly update: Readonly<Record<string, unknown>>;
    readonly place: Place;
    readonly diagnostics: DiagnosticList;
  },
): void {
  for (const [name, value] of Object.entries(update)) {
    const there = Object.hasOwn(target, name) ? target[name] : undefined;
    if (isRecord(there) && isRecord(value)) merge(there, { update: value, place, diagnostics });
    else if (Array.isArray(there) && Array.isArray(value)) there.push(...value);
    else if (
      typeof there === "object" && there !== null ||
      there !== undefined && typeof value === "object" && value !== null
    ) {
      diagnostics.addAt(
        place,
        `The update of ${name} has another form than the document; remove it there first`,
      );
    } else Object.defineProperty(target, name, { value, ...DATA });
  }
}

/** An assignment would change the prototype if the name is `__proto__`. */
const DATA = { configurable: true, enumerable: true, writable: true };

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
