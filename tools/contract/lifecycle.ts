import { type Located, member, textMember } from "../oapi_codegen/document/json_value.ts";
import type { DocumentPair, OperationPair } from "./document_pair.ts";

/** Reports that an operation was removed: as announced if it was deprecated, and its sunset has passed. */
export function reportRemovedOperation(
  { changes, today }: DocumentPair,
  { operation, place }: { readonly operation: Located; readonly place: string },
): void {
  const { pointer } = operation;
  const add = (level: "breaking" | "risky", message: string): void =>
    changes.add(place, { level, message, pointer, side: "before" });
  if (isExperimental(operation)) return add("risky", "experimental operation removed");
  if (member(operation.value, "deprecated") !== true) return add("breaking", "operation removed");
  const sunset = sunsetOf(operation);
  if (sunset === undefined) return add("risky", "deprecated operation removed");
  if (sunset > today) return add("breaking", `operation removed before its sunset ${sunset}`);
  add("risky", `deprecated operation removed after its sunset ${sunset}`);
}

/** Returns the date of `x-sunset`; undefined if there is none. */
function sunsetOf({ value }: Located): string | undefined {
  const text = textMember(value, "x-sunset");
  return text !== undefined && /^\d{4}-\d\d-\d\d/.test(text) ? text.slice(0, 10) : undefined;
}

/** Compares the deprecation and the sunset of an operation. */
export function compareLifecycle({ changes, operation: { before, after }, place }: OperationPair): void {
  const isDeprecated = ({ value }: Located): boolean => member(value, "deprecated") === true;
  const add = (level: "breaking" | "risky" | "safe", message: string, key: string): void =>
    changes.add(place, { level, message, pointer: `${after.pointer}/${key}`, side: "after" });
  if (isDeprecated(before) !== isDeprecated(after)) {
    add("safe", `operation ${isDeprecated(after) ? "deprecated" : "no longer deprecated"}`, "deprecated");
  }
  const [old, now] = [sunsetOf(before), sunsetOf(after)];
  if (old === now) return;
  if (old === undefined) add("safe", `sunset ${now} announced`, "x-sunset");
  else if (now === undefined) {
    if (isDeprecated(after)) add("breaking", `sunset ${old} withdrawn, but not the deprecation`, "x-sunset");
  } else if (now < old) add("breaking", `sunset moved from ${old} to the earlier ${now}`, "x-sunset");
  else add("safe", `sunset moved from ${old} to ${now}`, "x-sunset");
}

/** Levels of stability, the lowest first; operations without one are stable. */
const STABILITY = ["alpha", "beta", "stable"];

/** Whether an operation makes no promises, by `x-stability-level: alpha`. */
export function isExperimental(operation: Located): boolean {
  return stabilityOf(operation) < STABILITY.indexOf("beta");
}

function stabilityOf({ value }: Located): number {
  const level = STABILITY.indexOf(textMember(value, "x-stability-level") ?? "stable");
  return level < 0 ? STABILITY.indexOf("stable") : level;
}

/** Compares the stability of an operation. */
export function compareStability({ changes, operation: { before, after }, place }: OperationPair): void {
  const [old, now] = [stabilityOf(before), stabilityOf(after)];
  if (old === now) return;
  changes.add(place, {
    level: now < old && !isExperimental(before) ? "breaking" : "safe",
    message: `stability changed from ${STABILITY[old]} to ${STABILITY[now]}`,
    pointer: `${after.pointer}/x-stability-level`,
    side: "after",
  });
}
