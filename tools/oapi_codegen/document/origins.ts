import type { Place } from "../diagnostics.ts";
import type { SourceFile } from "./sources.ts";

/** Where the parts of a bundled document were written, so that a diagnostic of the bundle is reported at its source. */
export class Origins {
  readonly #byPrefix = new Map<string, { file: SourceFile; pointer: string }>();

  constructor(root: SourceFile) {
    this.#byPrefix.set("", { file: root, pointer: "" });
  }

  /** Notes that what the bundle has at `at`, and everything in it, was written at `pointer` of `file`. */
  add(at: string, origin: { readonly file: SourceFile; readonly pointer: string }): void {
    this.#byPrefix.set(at, origin);
  }

  /** The file, pointer and line of a pointer of the bundle: those of the nearest part around it that was noted. */
  locate(at: string): Place {
    let prefix = at;
    while (prefix !== "" && !this.#byPrefix.has(prefix)) prefix = prefix.slice(0, prefix.lastIndexOf("/"));
    const origin = this.#byPrefix.get(prefix);
    if (origin === undefined) throw new Error("The root has an origin");
    return origin.file.diagnostics.locate(origin.pointer + at.slice(prefix.length));
  }
}
