import type { JsonValue } from "@archway/server/operation.ts";
import { escapeToken, isObject, member, textMember } from "../json_value.ts";
import { nameOf } from "./component_names.ts";
import { componentPointer, type Sources, type SourceTarget } from "../sources/sources.ts";

/** Pointers in a bundle of the components that targets in other files have become. */
export class ComponentHomes {
  readonly #sources: Sources;
  readonly #pointers = new Map<string, string>();

  constructor(sources: Sources) {
    this.#sources = sources;
    this.#readListed();
  }

  /** Returns the pointer of a target that is a component of the group; undefined if it is none yet. */
  get(target: Omit<SourceTarget, "value">, group: string): string | undefined {
    return this.#pointers.get(keyOf(target, group));
  }

  /** Records the pointer of a target. */
  set(
    target: Omit<SourceTarget, "value">,
    { group, pointer }: { readonly group: string; readonly pointer: string },
  ): void {
    this.#pointers.set(keyOf(target, group), pointer);
  }

  /** Finds the targets in other files that the root lists under a name: that is their name everywhere. */
  #readListed(): void {
    const { root } = this.#sources;
    const components = this.#deref({ value: root.value, pointer: "", file: root }, "components");
    for (const group of isObject(components?.value) ? Object.keys(components.value) : []) {
      const items = components && this.#deref(components, group);
      if (!items || !isObject(items.value)) continue;
      for (const [name, value] of Object.entries(items.value)) {
        const at = componentPointer(group, name);
        if (items.file !== root) {
          this.set({ ...items, pointer: `${items.pointer}/${escapeToken(name)}` }, { group, pointer: at });
        }
        const ref = isAlias(value) ? textMember(value, "$ref") : undefined;
        const target = ref === undefined ? undefined : this.#sources.resolve(ref, items.file);
        if (target === undefined || target.file === root) continue;
        // A component of another file keeps its own name; anything else gets this one.
        const isComponent = target.pointer.startsWith(`/components/${group}/`);
        if (this.get(target, group) === undefined && (!isComponent || nameOf(target, group) === name)) {
          this.set(target, { group, pointer: at });
        }
      }
    }
  }

  /** Returns a member of a source, or the target of the reference in its place. */
  #deref({ file, value, pointer }: SourceTarget, key: string): SourceTarget | undefined {
    const found = member(value, key);
    if (found === undefined) return undefined;
    const ref = textMember(found, "$ref");
    if (ref !== undefined) return this.#sources.resolve(ref, file);
    return { file, value: found, pointer: `${pointer}/${escapeToken(key)}` };
  }
}

/** Whether an object is a reference without more than a description. */
export function isAlias(value: JsonValue): boolean {
  return isObject(value) &&
    Object.keys(value).every((key) => ["$ref", "description", "summary"].includes(key));
}

function keyOf({ file, pointer }: Omit<SourceTarget, "value">, group: string): string {
  return `${group} ${file.path}#${pointer}`;
}
