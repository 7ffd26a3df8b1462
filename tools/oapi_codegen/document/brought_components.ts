import type { JsonValue } from "@archway/server/operation.ts";
import { child, entries, type JsonObject } from "../json_value.ts";
import type { SourceFile } from "./sources.ts";

/** A component of another file that became one of the document's. */
interface BroughtComponent {
  readonly file: SourceFile;
  value: JsonValue;
}

/** The components that a bundle has from other files, by their pointer in both. */
export class BroughtComponents {
  readonly #byPointer = new Map<string, BroughtComponent>();

  /** The file that the component at `pointer` is from; undefined when it was not brought in. */
  fileOf(pointer: string): SourceFile | undefined {
    return this.#byPointer.get(pointer)?.file;
  }

  /** Brings in a component: `copy` is called once it is known, so that it can refer to itself. */
  add(pointer: string, { file, copy }: { file: SourceFile; copy: () => JsonValue }): void {
    const component: BroughtComponent = { file, value: true };
    this.#byPointer.set(pointer, component);
    component.value = copy();
  }

  /** The components group by group, in the order in which the files have them. */
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
