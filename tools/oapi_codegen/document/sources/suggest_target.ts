import type { JsonValue } from "@archway/server/operation.ts";
import { escapeToken, isObject, locate, unescapeToken } from "../json_value.ts";
import { nearest } from "@archway/config/nearest.ts";

/** File of a document, as far as its targets are searched. */
interface SearchedFile {
  readonly path: string;
  readonly value: JsonValue;
}

/**
 * Returns advice for an unresolved reference. It names the same target in another file of the document, or one with a
 * similar name.
 *
 * @param fragment the reference's fragment
 */
export function suggestTarget(
  fragment: string,
  { path, source, files }: {
    readonly path: string;
    readonly source: SearchedFile;
    readonly files: ReadonlyMap<string, SearchedFile>;
  },
): string {
  for (const other of files.values()) {
    if (other.path !== path && locate(other.value, fragment) !== undefined && fragment !== "") {
      return `did you mean ${other === source ? "" : other.path}#${fragment}?`;
    }
  }
  const target = files.get(path);
  const guess = target === undefined ? undefined : nearbyPointer(fragment, target);
  if (guess !== undefined) return `did you mean ${target === source ? "" : path}#${guess}?`;
  return "correct it or add its target";
}

/** Returns the pointer with misspelt tokens replaced by similar ones, if the result resolves. */
function nearbyPointer(pointer: string, { value }: SearchedFile): string | undefined {
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
