import type { JsonValue } from "@archway/server/operation.ts";
import { isObject, type JsonObject, locate, unescapeToken } from "../json_value.ts";
import type { SourceFile, SourceTarget } from "../sources/sources.ts";

/** Part of another file that was copied into the document as a component. */
interface BroughtComponent {
  readonly target: SourceTarget;
  value: JsonValue;
}

/** Components copied from other files, by their pointer in the document. */
export class BroughtComponents {
  readonly #byPointer = new Map<string, BroughtComponent>();

  /** Adds a component. `copy` is called after it is registered, so that it can refer to itself. */
  add(pointer: string, { target, copy }: { target: SourceTarget; copy: () => JsonValue }): void {
    const component: BroughtComponent = { target, value: true };
    this.#byPointer.set(pointer, component);
    component.value = copy();
  }

  /** Returns the components by group, in the order of the files and their components. */
  inOrderOf(files: Iterable<SourceFile>): ReadonlyMap<string, JsonObject> {
    const order = [...files];
    const found = [...this.#byPointer].map(([pointer, { target, value }]) => ({
      tokens: pointer.split("/").map(unescapeToken),
      place: [order.indexOf(target.file), ...placeOf(target)],
      value,
    }));
    found.sort((left, right) => compare(left.place, right.place));
    const groups = new Map<string, JsonObject>();
    for (const { tokens: [, , group = "", name = ""], value } of found) {
      groups.set(group, { ...groups.get(group), [name]: value });
    }
    return groups;
  }
}

/** Returns the position of each token among its siblings. */
function placeOf({ file, pointer }: SourceTarget): readonly number[] {
  const tokens = pointer.split("/").slice(1);
  return tokens.map((token, index) => {
    const parent = locate(file.value, ["", ...tokens.slice(0, index)].join("/"))?.value;
    return isObject(parent) ? Object.keys(parent).indexOf(unescapeToken(token)) : Number(token);
  });
}

function compare(left: readonly number[], right: readonly number[]): number {
  for (const [index, value] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    if (value !== other) return value - other;
  }
  return left.length - right.length;
}
