import type { DiagnosticList } from "./diagnostics.ts";
import { decodeFragment, locate, type Located, textMember } from "./json_value.ts";
import { walkReferences } from "./reference_walk.ts";
import type { JsonValue } from "@archway/server/operation.ts";

/** Follows the `$ref`s of one document. Every one must point into the document itself. */
export class References {
  constructor(readonly root: JsonValue, readonly diagnostics: DiagnosticList) {}

  /** What a pointer such as "/components/schemas/Pet" points to; undefined when there is nothing. */
  at(pointer: string): Located | undefined {
    return locate(this.root, pointer);
  }

  /** The pointer that a `$ref`'s text names; undefined, and a diagnostic, when it names nothing in the document. */
  target(ref: string, at: string): string | undefined {
    const pointer = ref.startsWith("#") ? decodeFragment(ref.slice(1)) : undefined;
    if (pointer !== undefined && this.at(pointer) !== undefined) return pointer;
    this.diagnostics.add(
      at,
      "The reference points to nothing in this document; correct it or add its target",
    );
    return undefined;
  }

  /** The value behind a chain of Reference Objects; undefined, and a diagnostic, when it leads nowhere or in a circle. */
  follow(start: Located): Located | undefined {
    const seen = new Set<string>();
    let here = start;
    while (true) {
      const ref = textMember(here.value, "$ref");
      if (ref === undefined) return here;
      if (seen.has(here.pointer)) {
        this.diagnostics.add(start.pointer, "The reference leads back to itself; give its target a value");
        return undefined;
      }
      seen.add(here.pointer);
      const pointer = this.target(ref, `${here.pointer}/$ref`);
      const next = pointer === undefined ? undefined : this.at(pointer);
      if (next === undefined) return undefined;
      here = next;
    }
  }

  /** Notes every reference of the document that cannot be followed, used or not. */
  checkAll(): void {
    for (const { holder } of walkReferences({ value: this.root, pointer: "" })) this.follow(holder);
  }
}
