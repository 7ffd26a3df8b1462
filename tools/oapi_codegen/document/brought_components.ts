import type { JsonValue } from "@archway/server/operation.ts";
import { child, entries, type JsonObject } from "../json_value.ts";
import type { SourceFile } from "./sources.ts";

/** Component of another file that was copied into the document. */
interface BroughtComponent {
  readonly file: SourceFile;
  value: JsonValue;
}

/** Components copied from other files, by their pointer, which is the same in both. */
export class BroughtComponents {
  readonly #byPointer = new Map<string, BroughtComponent>();

  /** Returns the source file of the component at `pointer`; undefined if it was not copied. */
  fileOf(pointer: string): SourceFile | undefined {
    return this.#byPointer.get(pointer)?.file;
  }

  /** Adds a component. `copy` is called after it is registered, so that it can refer to itself. */
  add(pointer: string, { file, copy }: { file: SourceFile; copy: () => JsonValue }): void {
    const component: BroughtComponent = { file, value: true };
    this.#byPointer.set(pointer, component);
    component.value = copy();
  }

  /** Returns the components by group, in the order of the files. */
  inOrderOf(files: Iterable<SourceFile>): ReadonlyMap<string, JsonObject> {
    const groups = new Map<string, JsonObject>();
    for (const file of files) {
      const components = child({ value: file.value, pointer: "" }, "components");
      for (const [group, items] of components === undefined ? [] : entries(components)) {
        for (const [name, { pointer }] of entries(items)) {
          const found = this.#byPointer.get(pointer);
          if (found?.file === file) groups.set(group, { ...groups.get(group), [name]: found.value });
        }
      }
    }
    return groups;
  }
}
