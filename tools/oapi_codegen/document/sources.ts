import { posix } from "node:path";
import type { JsonValue } from "@archway/server/operation.ts";
import { DiagnosticList, GenerationError } from "../diagnostics.ts";
import { DOCUMENT, type PartType, visitParts } from "../document_kinds.ts";
import {
  decodeFragment,
  escapeToken,
  isObject,
  locate,
  type Located,
  member,
  textMember,
} from "../json_value.ts";
import { nearest } from "@archway/config/nearest.ts";
import { parseYaml } from "../parse_yaml.ts";
import { walkReferences } from "../reference_walk.ts";
import type { DocumentFolder } from "./document_folder.ts";
import { resolveIdentifiers } from "./resolve_identifiers.ts";
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
      suggestTarget(fragment, { path, source: file, sources: this })
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

/** Options for loading a document. */
export interface LoadSourcesOptions {
  /** File of the document, as in messages. */
  readonly file: string;
  /** Folder of other files. If undefined, references to them are rejected. */
  readonly folder?: DocumentFolder | undefined;
  /** Changes the document before its references are read. */
  readonly overlay?: ((document: JsonValue) => JsonValue) | undefined;
}

/**
 * Parses a document and the files that it references.
 *
 * @throws {GenerationError} with the diagnostics of all files that cannot be parsed
 */
export async function loadSources(
  text: string,
  { file, folder, overlay = (document) => document }: LoadSourcesOptions,
): Promise<Sources> {
  const base = posix.dirname(file);
  const files = new Map<string, SourceFile>();
  const parse = (path: string, content: string): SourceFile => {
    const diagnostics = new DiagnosticList(posix.join(base, path));
    const parsed = parseYaml(content, diagnostics);
    const overlaid = files.size === 0 && diagnostics.empty ? overlay(parsed) : parsed;
    const value = resolveIdentifiers(overlaid, diagnostics);
    const [first] = files.values();
    const source = { path, value, version: versionOf(value) ?? first?.version ?? "3.1", diagnostics };
    files.set(path, source);
    return source;
  };
  const root = parse(posix.basename(file), text);
  root.diagnostics.throwIfAny();
  checkVersion(root);
  const sources = new Sources(root, files);
  const parts = [{ file: root, value: root.value, pointer: "", type: DOCUMENT }];
  const seen = new Set([root.path]);
  // The list grows on the way.
  for (const part of parts) {
    for (const { ref, type, path } of sources.leading(part)) {
      if (!files.has(path) && !sources.unreadable.has(path)) {
        const content = isUrl(path) ? undefined : await folder?.read(path);
        if (content === undefined) sources.unreadable.set(path, await adviseOnFile(path, folder));
        else {
          const added = parse(path, content);
          if (isDocument(added)) parts.push({ file: added, value: added.value, pointer: "", type: DOCUMENT });
        }
      }
      const target = sources.resolve(ref, part.file);
      const key = target === undefined ? "" : `${target.file.path}#${target.pointer} ${type.join(" ")}`;
      if (target === undefined || seen.has(key)) continue;
      seen.add(key);
      const isWalked = isDocument(target.file) && target.pointer.startsWith("/components/");
      if (!isWalked) parts.push({ ...target, type });
    }
  }
  throwIfAny(files.values());
  return sources;
}

/** Adds diagnostics for all unresolved references of the other files that are documents, used or not. */
export function checkOtherFiles(sources: Sources): void {
  for (const file of sources.files.values()) {
    if (file === sources.root || !isDocument(file)) continue;
    for (const { ref, holder } of walkReferences({ value: file.value, pointer: "" })) {
      if (sources.resolve(ref, file) !== undefined) continue;
      file.diagnostics.add(`${holder.pointer}/$ref`, sources.explain(ref, file));
    }
  }
}

/** Throws a {@link GenerationError} if any file has diagnostics. */
export function throwIfAny(files: Iterable<SourceFile>, more: DiagnosticList | undefined = undefined): void {
  const diagnostics = [
    ...[...files].flatMap((file) => file.diagnostics.diagnostics),
    ...more?.diagnostics ?? [],
  ];
  if (diagnostics.length > 0) throw new GenerationError(diagnostics);
}

/** Whether a file is laid out as an OpenAPI document, so that the types of its parts are known. */
export function isDocument({ value }: SourceFile): boolean {
  return isObject(value) &&
    ["openapi", "components", "paths"].some((name) =>
      isObject(value[name]) || name in value && name === "openapi"
    );
}

/** Returns the version that a document states; undefined if it states none that is known. */
function versionOf(document: JsonValue): Version | undefined {
  const [, minor] = /^3\.([012])\.\d+/.exec(textMember(document, "openapi") ?? "") ?? [];
  return minor === "0" ? "3.0" : minor === "1" ? "3.1" : minor === "2" ? "3.2" : undefined;
}

function checkVersion({ value, diagnostics }: SourceFile): void {
  if (textMember(value, "swagger") !== undefined) {
    diagnostics.add(
      "/swagger",
      "Swagger 2.0 is not supported; convert the document to OpenAPI 3 first, with `npx swagger2openapi` for example",
    );
  } else if (versionOf(value) === undefined) {
    diagnostics.add("/openapi", "Expected an OpenAPI version such as 3.1.0");
  }
  diagnostics.throwIfAny();
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

function isUrl(file: string): boolean {
  return /^[a-z][a-z0-9+.-]+:|^\//i.test(file);
}

async function adviseOnFile(path: string, folder: DocumentFolder | undefined): Promise<string> {
  if (path.startsWith("/")) return "The path is absolute; write it relative to this file";
  if (isUrl(path)) {
    return "References to URLs are not followed, so that the same files always generate the same code; " +
      "save the target beside the document and refer to that file";
  }
  if (folder === undefined) {
    return "References to other files are not supported here; move the target into this document's components";
  }
  if (!folder.contains(path)) {
    return `The file ${path} is outside of the project; move it into the project's folder`;
  }
  const guess = nearest(path, await folder.list());
  return `There is no file ${path} in the document's folder${
    guess === undefined ? "; correct the path, or add the file" : `; did you mean ${guess}?`
  }`;
}

/** Returns the fragment of a reference to a pointer. */
export function fragmentOf(pointer: string): string {
  return `#${encodeURI(pointer).replaceAll("#", "%23")}`;
}

/** Returns the pointer of a named component. */
export function componentPointer(group: string, name: string): string {
  return `/components/${escapeToken(group)}/${escapeToken(name)}`;
}
