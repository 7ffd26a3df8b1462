import type { DiagnosticList, Place } from "../../diagnostics/diagnostics.ts";
import type { OverlayAction } from "./read_overlay.ts";

/** Part of the document that a JSONPath selects. */
export interface Selected {
  readonly location: readonly (number | string)[];
  readonly value: unknown;
}

/** Merges a value into a selected part, appends it, or replaces a text, number, true or false. */
export function updateNode(
  { location, value: target }: Selected,
  { root, value, action, diagnostics }: {
    readonly root: unknown;
    readonly value: unknown;
    readonly action: OverlayAction;
    readonly diagnostics: DiagnosticList;
  },
): void {
  const { targetPlace, changePlace } = action;
  const parent = valueAt(root, location.slice(0, -1));
  if (Array.isArray(target)) target.push(...Array.isArray(value) ? value : [value]);
  else if (isRecord(target) && isRecord(value)) {
    merge(target, { update: value, place: changePlace, diagnostics });
  } else if (isRecord(target)) diagnostics.addAt(changePlace, "Expected an object to merge into the targets");
  else if (typeof value === "object" && value !== null) {
    diagnostics.addAt(
      targetPlace,
      "The target is neither an object nor a list; select the object that contains it",
    );
  } else if (typeof parent === "object" && parent !== null) {
    Object.defineProperty(parent, location.at(-1) ?? "", { value, ...DATA });
  }
}

/** Returns the value at a location. */
export function valueAt(root: unknown, location: readonly (number | string)[]): unknown {
  return location.reduce<unknown>((value, part) => Object(value)[part], root);
}

/**
 * Merges an update: objects member by member, lists by appending; other values are replaced. A field without a value, null
 * in YAML, leaves objects and lists as they are.
 */
function merge(
  target: Record<string, unknown>,
  { update, place, diagnostics }: {
    readonly update: Readonly<Record<string, unknown>>;
    readonly place: Place;
    readonly diagnostics: DiagnosticList;
  },
): void {
  for (const [name, value] of Object.entries(update)) {
    const there = Object.hasOwn(target, name) ? target[name] ?? undefined : undefined;
    if (isRecord(there) && isRecord(value)) merge(there, { update: value, place, diagnostics });
    else if (Array.isArray(there) && Array.isArray(value)) there.push(...value);
    else if (value === null && typeof there === "object") continue;
    else if (
      typeof there === "object" ||
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

/** Whether a value is an object, which an action may change. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
