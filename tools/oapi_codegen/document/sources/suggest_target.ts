import { escapeToken, isObject, locate, unescapeToken } from "../json_value.ts";
import { nearest } from "@archway/config/nearest.ts";
import type { SourceFile, Sources } from "./sources.ts";

/**
 * Returns advice for an unresolved reference. It names the same target in another file of the document, or one with a
 * similar name.
 *
 * @param fragment the reference's fragment
 */
export function suggestTarget(
  fragment: string,
  { path, source, sources }: { path: string; source: SourceFile; sources: Sources },
): string {
  for (const other of sources.files.values()) {
    if (other.path !== path && locate(other.value, fragment) !== undefined && fragment !== "") {
      return `did you mean ${other === source ? "" : other.path}#${fragment}?`;
    }
  }
  const target = sources.files.get(path);
  const guess = target === undefined ? undefined : nearbyPointer(fragment, target);
  if (guess !== undefined) return `did you mean ${target === source ? "" : path}#${guess}?`;
  return "correct it or add its target";
}

/** Returns the pointer with misspelt tokens replaced by similar ones, if the result resolves. */
function nearbyPointer(pointer: string, { value }: SourceFile): string | undefined {
  let here = "";
  for (const token of pointer.split("/").slice(1)) {
    const next = `${here}/${token}`;
    const parent = locate(value, here)?.value;
    if (locate(value, next) === undefined) {
      const names = isObject(parent) ? Object.keys(parent) : [];
      const guess = nearest(unescapeToken(token), names);
      if (guess === undefined) return undefined;
      here = `${here}/${escapeToken(guess)}`;
    } else here = next;
  }
  return here;
}
