import type { Place } from "../../diagnostics/diagnostics.ts";
import type { SourceFile } from "../sources/sources.ts";

/** Source locations of the parts of a bundled document, for its diagnostics. */
export class Origins {
  readonly #byPrefix = new Map<string, { file: SourceFile; pointer: string }>();

  constructor(root: SourceFile) {
    this.#byPrefix.set("", { file: root, pointer: "" });
  }

  /** Records that the part of the bundle at `at` comes from `pointer` in `file`. */
  add(at: string, origin: { readonly file: SourceFile; readonly pointer: string }): void {
    this.#byPrefix.set(at, origin);
  }

  /** Returns the source location of a pointer of the bundle, by the nearest enclosing recorded part. */
  locate(at: string): Place {
    let prefix = at;
    while (prefix !== "" && !this.#byPrefix.has(prefix)) prefix = prefix.slice(0, prefix.lastIndexOf("/"));
    const origin = this.#byPrefix.get(prefix);
    if (origin === undefined) throw new Error("The root has an origin");
    return origin.file.diagnostics.locate(origin.pointer + at.slice(prefix.length));
  }
}
