import type { DiagnosticList } from "../diagnostics/diagnostics.ts";
import { decodeFragment, locate, type Located, textMember } from "./json_value.ts";
import { walkReferences } from "./reference_walk.ts";
import type { JsonValue } from "@archway/server/operation.ts";

/** Resolves the `$ref`s of a document, which must be local. */
export class References {
  readonly #located = new Map<string, Located | undefined>();

  constructor(readonly root: JsonValue, readonly diagnostics: DiagnosticList) {}

  /** Returns the target of a pointer such as "/components/schemas/Pet"; undefined if there is none. */
  at(pointer: string): Located | undefined {
    const known = this.#located.get(pointer);
    if (known !== undefined) return known;
    const found = locate(this.root, pointer);
    this.#located.set(pointer, found);
    return found;
  }

  /** Returns the pointer in a `$ref`. Adds a diagnostic and returns undefined if it does not resolve. */
  target(ref: string, at: string): string | undefined {
    const pointer = ref.startsWith("#") ? decodeFragment(ref.slice(1)) : undefined;
    if (pointer !== undefined && this.at(pointer) !== undefined) return pointer;
    // The one that the bundler added names the file, and what was meant.
    if (!this.diagnostics.has(at)) {
      this.diagnostics.add(
        at,
        "The reference has no target in this document; correct it or add its target",
      );
    }
    return undefined;
  }

  /** Follows a chain of Reference Objects. Adds a diagnostic and returns undefined if it does not resolve. */
  follow(start: Located): Located | undefined {
    const seen = new Set<string>();
    let here = start;
    while (true) {
      const ref = textMember(here.value, "$ref");
      if (ref === undefined) return here;
      if (seen.has(here.pointer)) {
        this.diagnostics.add(start.pointer, "The reference is circular; give its target a value");
        return undefined;
      }
      seen.add(here.pointer);
      const pointer = this.target(ref, `${here.pointer}/$ref`);
      const next = pointer === undefined ? undefined : this.at(pointer);
      if (next === undefined) return undefined;
      here = next;
    }
  }

  /** Adds diagnostics for all unresolved references, used or not. */
  checkAll(): void {
    for (const { holder } of walkReferences({ value: this.root, pointer: "" })) this.follow(holder);
  }
}
