import { posix } from "node:path";
import type { JsonValue } from "@archway/server/operation.ts";
import { type DiagnosticList, GenerationError } from "../../diagnostics/diagnostics.ts";
import { type PartType, visitParts } from "../document_kinds.ts";
import {
  decodeFragment,
  escapeToken,
  isObject,
  locate,
  type Located,
  member,
  textMember,
} from "../json_value.ts";
import { suggestTarget } from "./suggest_target.ts";

/** Version of OpenAPI, without the patch. */
export type Version = "3.0" | "3.1" | "3.2";

/** File of a document. */
export interface SourceFile {
  /** Path relative to the document's folder, with slashes. */
  readonly path: string;
  readonly value: JsonValue;
  /** Its own version, or that of the document. */
  readonly version: Version;
  readonly diagnostics: DiagnosticList;
}

/** Location in one of a document's files. */
export interface SourceTarget extends Located {
  readonly file: SourceFile;
}

/** References that a single pointer leads through, at most. */
const MAX_HOPS = 20;

/** Document with all files that it references directly or indirectly. */
export class Sources {
  /** Advice on paths that cannot be read, by path. */
  readonly unreadable = new Map<string, string>();

  constructor(readonly root: SourceFile, readonly files: ReadonlyMap<string, SourceFile>) {}

  /**
   * Returns the target of a `$ref` in `file`; undefined if it does not resolve. A pointer may lead through other
   * references, as those of tools that replace references by their targets do.
   */
  resolve(ref: string, file: SourceFile): SourceTarget | undefined {
    return this.#resolve(ref, { file, depth: 0 });
  }

  #resolve(
    ref: string,
    { file, depth }: { readonly file: SourceFile; readonly depth: number },
  ): SourceTarget | undefined {
    const { path, fragment } = this.#split(ref, file);
    const target = this.files.get(path);
    const pointer = decodeFragment(fragment);
    return target === undefined || pointer === undefined
      ? undefined
      : this.#locate(pointer, { file: target, depth });
  }

  #locate(
    pointer: string,
    { file, depth }: { readonly file: SourceFile; readonly depth: number },
  ): SourceTarget | undefined {
    const found = locate(file.value, pointer);
    if (found !== undefined) return { ...found, file };
    const tokens = pointer.split("/");
    for (let length = tokens.length - 1; length > 0 && depth < MAX_HOPS; length--) {
      const ref = textMember(locate(file.value, tokens.slice(0, length).join("/"))?.value, "$ref");
      const next = ref === undefined ? undefined : this.#resolve(ref, { file, depth: depth + 1 });
      if (next === undefined) continue;
      const rest = tokens.slice(length).map((token) => `/${token}`).join("");
      return this.#locate(next.pointer + rest, { file: next.file, depth: depth + 1 });
    }
    return undefined;
  }

  /** Returns the reason why a `$ref` in `file` does not resolve, and the remedy. */
  explain(ref: string, file: SourceFile): string {
    const { path, fragment } = this.#split(ref, file);
    const advice = this.unreadable.get(path);
    if (advice !== undefined) return advice;
    const target = this.files.get(path);
    const where = target === file ? "this document" : target?.diagnostics.file ?? path;
    return `The reference has no target in ${where}; ${
      suggestTarget(fragment, { path, source: file, files: this.files })
    }`;
  }

  /** Splits a reference into the path of its file, relative to the document's folder, and its fragment. */
  #split(ref: string, { path: from }: SourceFile): { path: string; fragment: string } {
    const hash = ref.indexOf("#");
    const file = hash < 0 ? ref : ref.slice(0, hash);
    const fragment = hash < 0 ? "" : ref.slice(hash + 1);
    // A document of 3.2 may call itself by a URL.
    if (file !== "" && file === textMember(this.root.value, "$self")) {
      return { path: this.root.path, fragment };
    }
    return { path: pathOf(file, from), fragment };
  }

  /** Yields the references of a part of a file that lead to other files or to parts of unknown types. */
  *leading({ type, ...from }: SourceTarget & { readonly type: PartType }): Generator<Lead> {
    const found: Omit<Lead, "path">[] = [];
    visitParts({ ...from, type }, (part) => {
      const ref = textMember(part.value, "$ref");
      if (ref !== undefined) found.push({ ref, type: part.type });
      const mapping = part.type[1] === "schema"
        ? member(member(part.value, "discriminator"), "mapping")
        : undefined;
      for (const value of isObject(mapping) ? Object.values(mapping) : []) {
        if (typeof value === "string" && /[#/.]/.test(value)) found.push({ ref: value, type: part.type });
      }
    });
    for (const { ref, type } of found) {
      const { path, fragment } = this.#split(ref, from.file);
      const isKnown = path === from.file.path && /^\/(?:components|paths|webhooks)\//.test(fragment);
      if (!isKnown) yield { ref, type, path };
    }
    const defaults = from.pointer === "" ? member(from.value, "x-operation-defaults") : undefined;
    const ref = textMember(defaults, "$ref");
    if (ref !== undefined) yield { ref, type: ["one", "plain"], path: this.#split(ref, from.file).path };
  }
}

/** Reference to a file. */
interface Lead {
  readonly ref: string;
  readonly type: PartType;
  readonly path: string;
}

/** Throws a {@link GenerationError} if any file has diagnostics. */
export function throwIfAny(files: Iterable<SourceFile>, more: DiagnosticList | undefined = undefined): void {
  const diagnostics = [
    ...[...files].flatMap((file) => file.diagnostics.diagnostics),
    ...more?.diagnostics ?? [],
  ];
  if (diagnostics.length > 0) throw new GenerationError(diagnostics);
}

/** Returns the path of a file that a reference in the file `from` names; a URL stays what it is. */
function pathOf(file: string, from: string): string {
  if (file === "") return from;
  return isUrl(file) ? file : posix.normalize(posix.join(posix.dirname(from), decoded(file)));
}

function decoded(file: string): string {
  try {
    return decodeURIComponent(file);
  } catch {
    return file;
  }
}

/** Whether a reference names a file by a URL or an absolute path. */
export function isUrl(file: string): boolean {
  return /^[a-z][a-z0-9+.-]+:|^\//i.test(file);
}

/** Returns the fragment of a reference to a pointer. */
export function fragmentOf(pointer: string): string {
  return `#${encodeURI(pointer).replaceAll("#", "%23")}`;
}

/** Returns the pointer of a named component. */
export function componentPointer(group: string, name: string): string {
  return `/components/${escapeToken(group)}/${escapeToken(name)}`;
}
