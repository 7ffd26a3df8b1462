import type { DiagnosticList } from "../../diagnostics/diagnostics.ts";
import { elements, isArray, isObject, type Located, member } from "../json_value.ts";

/** Statuses, headers and parameters that an operation excludes from its defaults. */
export class Exceptions {
  readonly #diagnostics: DiagnosticList;
  /** Locations of the names in lower case. */
  readonly #places = new Map<string, string>();
  readonly #used = new Set<string>();

  /** Reads an operation's `x-operation-defaults`, if it has one. */
  constructor(setting: Located | undefined, diagnostics: DiagnosticList) {
    this.#diagnostics = diagnostics;
    if (setting === undefined) return;
    const { value, pointer } = setting;
    if (!isObject(value) || Object.keys(value).join() !== "except" || !isArray(member(value, "except"))) {
      diagnostics.add(pointer, 'Expected false, or an object such as { except: ["404", Consistency-Token] }');
      return;
    }
    for (const item of elements(setting, "except")) {
      if (typeof item.value === "string") this.#places.set(item.value.toLowerCase(), item.pointer);
      else {diagnostics.add(
          item.pointer,
          'Expected a status as text, such as "404", or the name of a header or parameter',
        );}
    }
  }

  /** Whether the operation excludes `name` from its defaults. */
  has(name: string): boolean {
    const key = name.toLowerCase();
    if (this.#places.has(key)) this.#used.add(key);
    return this.#places.has(key);
  }

  /** Rejects exclusions that {@link has} was never called with. */
  refuseUnused(): void {
    for (const [name, pointer] of this.#places) {
      if (!this.#used.has(name)) {
        this.#diagnostics.add(
          pointer,
          "The defaults add nothing with this name to the operation; correct or remove it",
        );
      }
    }
  }
}
