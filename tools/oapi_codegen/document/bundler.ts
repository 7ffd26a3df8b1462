import type { JsonValue } from "@archway/server/operation.ts";
import { escapeToken, isArray, isObject, type JsonObject, locate, textMember } from "../json_value.ts";
import { isData } from "../reference_walk.ts";
import { BroughtComponents } from "./brought_components.ts";
import { Origins } from "./origins.ts";
import type { SourceFile, Sources, SourceTarget } from "./sources.ts";

/** Part of a source file and its location `at` in the bundle. */
interface Part {
  readonly value: JsonValue;
  readonly file: SourceFile;
  readonly pointer: string;
  readonly at: string;
}

/**
 * Locations where a reference to another file is replaced by its target. These are listed components and path items.
 */
const COPIED = /^\/components\/(?!schemas\/)[^/]+\/[^/]+$|^\/(?:paths|webhooks)\/[^/]+$/;

/**
 * Bundles a root document and the files it references. Components of other files keep their names, as with other
 * bundlers; only referenced ones are included.
 */
export class Bundler {
  readonly origins: Origins;
  readonly #sources: Sources;
  /** Copies in progress: location in the bundle and source. */
  readonly #copying = new Set<string>();
  readonly #brought = new BroughtComponents();

  constructor(sources: Sources) {
    this.#sources = sources;
    this.origins = new Origins(sources.root);
  }

  /** Returns the root's content with local references. */
  bundleRoot(): JsonObject {
    const { root } = this.#sources;
    const value = this.#copy({ value: root.value, file: root, pointer: "", at: "" });
    return isObject(value) ? value : {};
  }

  /** Components copied so far, by group. */
  get components(): ReadonlyMap<string, JsonObject> {
    return this.#brought.inOrderOf(this.#sources.files.values());
  }

  /**
   * Copies the component that contains `target`, with everything it references. If the root lists the same component
   * under another description, its own one is used.
   *
   * @param from location of the reference
   */
  bring(target: SourceTarget, from: { file: SourceFile; pointer: string }): void {
    const [, components, group, name] = target.pointer.split("/");
    const { root } = this.#sources;
    const { diagnostics } = from.file;
    if (components !== "components" || group === undefined || name === undefined) {
      diagnostics.add(
        from.pointer,
        "Only components of other files can be referenced, as in common.yaml#/components/schemas/Problem",
      );
      return;
    }
    const pointer = `/components/${group}/${name}`;
    const own = locate(root.value, pointer);
    if (own !== undefined) {
      const ref = textMember(own.value, "$ref");
      const aliased = ref === undefined ? undefined : this.#sources.resolve(ref, root);
      if (aliased?.file === target.file && aliased.pointer === pointer) return;
      diagnostics.add(
        from.pointer,
        `${root.diagnostics.file} and ${target.file.diagnostics.file} both have ${pointer.slice(1)}; ` +
          "reference the document's own, or rename it",
      );
      return;
    }
    const other = this.#brought.fileOf(pointer);
    if (other === target.file) return;
    if (other !== undefined) {
      diagnostics.add(
        from.pointer,
        `${target.file.diagnostics.file} and ${other.diagnostics.file} both have ${
          pointer.slice(1)
        }; rename one`,
      );
      return;
    }
    const value = locate(target.file.value, pointer)?.value ?? {};
    const origin = { file: target.file, pointer };
    this.origins.add(pointer, origin);
    this.#brought.add(pointer, { ...origin, copy: () => this.#copy({ value, ...origin, at: pointer }) });
  }

  #copy(part: Part): JsonValue {
    const { value, file, pointer, at } = part;
    if (isArray(value)) {
      return value.map((item, index) =>
        this.#copy({ value: item, file, pointer: `${pointer}/${index}`, at: `${at}/${index}` })
      );
    }
    if (!isObject(value)) return value;
    const ref = textMember(value, "$ref");
    const target = ref === undefined ? undefined : this.#sources.resolve(ref, file);
    if (target !== undefined && target.file !== file && this.#isCopied(target, at)) {
      return this.#copyTarget(target, { value, file, pointer, at });
    }
    const members = Object.entries(value).map(([key, item]): [string, JsonValue] => {
      if (key === "$ref" && target !== undefined && typeof item === "string") {
        return [key, this.#localRef(item, { target, file, pointer: `${pointer}/$ref` })];
      }
      if (isData(key, { value: item, parent: at })) return [key, item];
      const token = escapeToken(key);
      return [key, this.#copy({ value: item, file, pointer: `${pointer}/${token}`, at: `${at}/${token}` })];
    });
    return Object.fromEntries(members);
  }

  /** Whether a reference is replaced by its target, because a component would otherwise refer to itself. */
  #isCopied(target: SourceTarget, at: string): boolean {
    return COPIED.test(at) || target.pointer === at;
  }

  /** Copies the target of a reference, with the description beside the reference (OpenAPI 3.1, 4.8.23). */
  #copyTarget(target: SourceTarget, { value, file, pointer, at }: Part): JsonValue {
    const { $ref: _, ...beside } = isObject(value) ? value : {};
    for (const key of Object.keys(beside)) {
      if (key !== "description" && key !== "summary") {
        file.diagnostics.add(
          `${pointer}/${escapeToken(key)}`,
          "Only description and summary are allowed beside this $ref; write the whole component, or rename it",
        );
      }
    }
    const key = JSON.stringify([at, target.file.path, target.pointer]);
    if (this.#copying.has(key)) {
      file.diagnostics.add(pointer, "The reference is circular; give its target a value");
      return {};
    }
    this.#copying.add(key);
    this.origins.add(at, target);
    const merged = { ...isObject(target.value) ? target.value : {}, ...beside };
    const copy = this.#copy({ value: merged, file: target.file, pointer: target.pointer, at });
    this.#copying.delete(key);
    return copy;
  }

  #localRef(
    ref: string,
    { target, file, pointer }: { target: SourceTarget; file: SourceFile; pointer: string },
  ): string {
    if (target.file !== this.#sources.root) this.bring(target, { file, pointer });
    return ref.slice(ref.indexOf("#"));
  }
}
