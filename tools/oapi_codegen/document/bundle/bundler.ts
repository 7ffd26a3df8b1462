import type { JsonValue } from "@archway/server/operation.ts";
import type { DiagnosticList } from "../../diagnostics/diagnostics.ts";
import { DOCUMENT, type PartType, typeOfMember } from "../document_kinds.ts";
import {
  escapeToken,
  isArray,
  isObject,
  type JsonObject,
  mapMembers,
  member,
  textMember,
} from "../json_value.ts";
import { BroughtComponents } from "./brought_components.ts";
import { ComponentHomes, isAlias } from "./component_homes.ts";
import { ComponentNames, groupOf, nameOf } from "./component_names.ts";
import { Origins } from "./origins.ts";
import {
  componentPointer,
  fragmentOf,
  type SourceFile,
  type Sources,
  type SourceTarget,
} from "../sources/sources.ts";
import { upgradePart } from "../versions/upgrade_part.ts";
import { upgradedPointer } from "../versions/upgraded_pointer.ts";

/** Maximum number of references from a property to a flag; more lead back to themselves, which is reported elsewhere. */
const MAX_REFERENCES = 16;

/** Part of a source file and its location `at` in the bundle. */
interface SourcePart extends SourceTarget {
  readonly type: PartType;
  readonly at: string;
}

/**
 * Bundles a root document and the files it references, and upgrades it to OpenAPI 3.1. What is referenced in other files
 * becomes components, under their own names as with other bundlers; path items and what cannot be a component are copied.
 */
export class Bundler {
  readonly origins: Origins;
  readonly #sources: Sources;
  readonly #diagnostics: DiagnosticList;
  readonly #names: ComponentNames;
  /** Copies in progress: location in the bundle and source. */
  readonly #copying = new Set<string>();
  readonly #brought = new BroughtComponents();
  readonly #homes: ComponentHomes;

  /** @param diagnostics receives those of the bundle, by its pointers */
  constructor(sources: Sources, diagnostics: DiagnosticList) {
    this.#sources = sources;
    this.#diagnostics = diagnostics;
    this.origins = new Origins(sources.root);
    this.#names = new ComponentNames(sources.root, sources);
    this.#homes = new ComponentHomes(sources);
    diagnostics.locateBy((at) => this.origins.locate(at));
  }

  /** Returns the root's content with local references. */
  bundleRoot(): JsonObject {
    const { root } = this.#sources;
    const value = this.#copy({ value: root.value, file: root, pointer: "", at: "", type: DOCUMENT });
    return isObject(value) ? value : {};
  }

  /** Components copied so far, by group. */
  get components(): ReadonlyMap<string, JsonObject> {
    return this.#brought.inOrderOf(this.#sources.files.values());
  }

  /**
   * Returns the pointer of a target in the bundle. Copies the component that contains it, with everything it references,
   * unless that was done before.
   */
  bring(target: SourceTarget, group: string): string {
    if (target.file === this.#sources.root) return target.pointer;
    const [, first, itsGroup, name, ...rest] = target.pointer.split("/");
    if (first === "components" && itsGroup !== undefined && name !== undefined && rest.length > 0) {
      const pointer = `/components/${itsGroup}/${name}`;
      const component = this.#sources.resolve(
        `${target.file.path}${fragmentOf(pointer)}`,
        this.#sources.root,
      );
      if (component?.file === target.file && component.pointer === pointer) {
        return `${this.bring(component, itsGroup)}${rest.map((token) => `/${token}`).join("")}`;
      }
    }
    const there = this.#homes.get(target, group);
    if (there !== undefined) return there;
    const added = this.#names.add(target, group);
    const at = componentPointer(group, added);
    this.#homes.set(target, { group, pointer: at });
    this.origins.add(at, target);
    const own = nameOf(target, group);
    if (added !== own) {
      this.#diagnostics.warn(
        at,
        `Another file has a component ${group}/${own}, too; this one is called ${added} in the generated code`,
      );
    }
    const type: PartType = typeOfMember(typeOfMember(["one", "components"], group) ?? DOCUMENT, added) ??
      DOCUMENT;
    this.#brought.add(at, { target, copy: () => this.#copy({ ...target, at, type }) });
    return at;
  }

  #copy(part: SourcePart): JsonValue {
    const { value, file, at, type } = part;
    if (isArray(value)) {
      return mapMembers(value, (key, item) => this.#copyMember(part, { key, item }));
    }
    if (!isObject(value)) return value;
    const ref = textMember(value, "$ref");
    const target = ref === undefined ? undefined : this.#sources.resolve(ref, file);
    const isAnchor = ref !== undefined && /^#[^/]/.test(ref);
    if (ref !== undefined && target === undefined && !isAnchor) {
      this.#diagnostics.add(`${at}/$ref`, this.#sources.explain(ref, file));
    }
    if (target !== undefined && this.#isCopied(target, part)) return this.#copyTarget(target, part);
    // References into a file of schemas lead to components, so that its definitions are not needed a second time.
    const isCovered = type[1] === "schema" && file !== this.#sources.root &&
      !part.pointer.startsWith("/components/");
    const written = isCovered && type[0] === "one" ? withoutDefinitions(value) : value;
    const copy = mapMembers(written, (key, item) => {
      if (key !== "$ref" || ref === undefined || target === undefined) {
        return this.#copyMember(part, { key, item });
      }
      const home = upgradedPointer(target, this.bring(target, groupOf(type[1]) ?? "schemas"));
      // What is written stays where it leads to the same place.
      const isWritten = file === this.#sources.root && home === pointerIn(ref);
      return isWritten ? ref : fragmentOf(home);
    });
    if (type[0] !== "one" || !isObject(copy)) return copy;
    const mapped = type[1] === "schema" ? this.#withMapping(copy, file) : copy;
    const hasFlag = (name: string, flag: string): boolean =>
      this.#hasFlag(flag, { file, value: member(member(value, "properties"), name) });
    return upgradePart(mapped, { kind: type[1], version: file.version, hasFlag });
  }

  /** Whether a property, or a schema to which it refers, has a flag. */
  #hasFlag(
    flag: string,
    { value, file }: { readonly value: JsonValue | undefined; readonly file: SourceFile },
  ): boolean {
    let property: { readonly value: JsonValue | undefined; readonly file: SourceFile } | undefined = {
      value,
      file,
    };
    for (let step = 0; step < MAX_REFERENCES && property !== undefined; step++) {
      if (member(property.value, flag) === true) return true;
      const ref = textMember(property.value, "$ref");
      property = ref === undefined ? undefined : this.#sources.resolve(ref, property.file);
    }
    return false;
  }

  #copyMember(
    { file, pointer, at, type }: SourcePart,
    { key, item }: { readonly key: string; readonly item: JsonValue },
  ): JsonValue {
    const inner = typeOfMember(type, key);
    if (inner === undefined) return item;
    const token = escapeToken(key);
    return this.#copy({
      value: item,
      file,
      pointer: `${pointer}/${token}`,
      at: `${at}/${token}`,
      type: inner,
    });
  }

  /** Returns a schema with references to other files in the mapping of its discriminator replaced. */
  #withMapping(schema: JsonObject, file: SourceFile): JsonObject {
    const discriminator = member(schema, "discriminator");
    const mapping = member(discriminator, "mapping");
    if (!isObject(discriminator) || !isObject(mapping) || this.#sources.files.size < 2) return schema;
    const mapped = Object.entries(mapping).map(([value, ref]): [string, JsonValue] => {
      if (typeof ref !== "string") return [value, ref];
      const isName = /^[\w.-]+$/.test(ref) && !this.#sources.files.has(ref);
      const written = isName ? fragmentOf(componentPointer("schemas", ref)) : ref;
      const target = this.#sources.resolve(written, file);
      const isOwn = target === undefined || target.file === this.#sources.root && file === target.file;
      return [value, isOwn ? ref : fragmentOf(this.bring(target, "schemas"))];
    });
    return { ...schema, discriminator: { ...discriminator, mapping: Object.fromEntries(mapped) } };
  }

  /** Whether a reference is replaced by its target, because it is none of a component, or is that component. */
  #isCopied(target: SourceTarget, { value, at, type: [shape, kind] }: SourcePart): boolean {
    const group = shape === "one" ? groupOf(kind) : undefined;
    if (group === undefined) return true;
    if (target.file === this.#sources.root) return false;
    if (kind === "pathItem") return true;
    const [, first, itsGroup, name, ...rest] = at.split("/");
    if (first !== "components" || itsGroup !== group || name === undefined || rest.length > 0) return false;
    if (group !== "schemas") return true;
    if (!isAlias(value)) return false;
    const home = this.#homes.get(target, group);
    return home === at || home === undefined && escapeToken(nameOf(target, group)) === name;
  }

  /** Copies the target of a reference, with the description beside the reference (OpenAPI 3.1, 4.8.23). */
  #copyTarget(target: SourceTarget, { value, file, pointer, at, type }: SourcePart): JsonValue {
    const { $ref: _, ...fields } = isObject(value) ? value : {};
    const key = JSON.stringify([at, target.file.path, target.pointer]);
    if (this.#copying.has(key)) {
      file.diagnostics.add(pointer, "The reference is circular; give its target a value");
      return {};
    }
    this.#copying.add(key);
    const group = type[0] === "one" ? groupOf(type[1]) : undefined;
    if (group === "schemas" && this.#homes.get(target, group) === undefined) {
      this.#homes.set(target, { group, pointer: at });
    }
    this.origins.add(at, target);
    const copy = this.#copy({ ...target, at, type });
    this.#copying.delete(key);
    if (!isObject(copy)) return copy;
    const beside = Object.entries(fields).map(([key, item]): [string, JsonValue] => {
      this.origins.add(`${at}/${escapeToken(key)}`, { file, pointer: `${pointer}/${escapeToken(key)}` });
      // The fields of a path item may stand beside its reference.
      if (!isAlias({ [key]: true }) && (type[1] !== "pathItem" || type[0] !== "one")) {
        this.#diagnostics.add(
          `${at}/${escapeToken(key)}`,
          "Only description and summary are allowed beside this $ref; write the whole component, or rename it",
        );
      }
      return [key, this.#copyMember({ value, file, pointer, at, type }, { key, item })];
    });
    return { ...copy, ...Object.fromEntries(beside) };
  }
}

function withoutDefinitions({ $defs: _defs, definitions: _definitions, ...others }: JsonObject): JsonObject {
  return others;
}

function pointerIn(ref: string): string | undefined {
  return ref.startsWith("#") ? decodeURIComponent(ref.slice(1)) : undefined;
}
