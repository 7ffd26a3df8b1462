import { posix } from "node:path";
import type { JsonValue } from "@archway/server/operation.ts";
import { DiagnosticList, GenerationError } from "../diagnostics.ts";
import { decodeFragment, locate, type Located, member, textMember } from "../json_value.ts";
import { nearest } from "@archway/config/nearest.ts";
import { parseYaml } from "../parse_yaml.ts";
import { walkReferences } from "../reference_walk.ts";
import type { DocumentFolder } from "./document_folder.ts";
import { suggestTarget } from "./suggest_target.ts";
import { upgradeDocument, type Version } from "./upgrade_document.ts";

/** File of a document. */
export interface SourceFile {
  /** Path relative to the document's folder, with slashes. */
  readonly path: string;
  readonly value: JsonValue;
  readonly diagnostics: DiagnosticList;
}

/** Location in one of a document's files. */
export interface SourceTarget extends Located {
  readonly file: SourceFile;
}

/** Document with all files that it references directly or indirectly; all references resolve. */
export class Sources {
  constructor(readonly root: SourceFile, readonly files: ReadonlyMap<string, SourceFile>) {}

  /** Returns the target of a `$ref` in `file`; undefined if it does not resolve. */
  resolve(ref: string, file: SourceFile): SourceTarget | undefined {
    const { path, fragment } = splitReference(ref, file);
    const target = this.files.get(path);
    const pointer = decodeFragment(fragment);
    const found = target === undefined || pointer === undefined ? undefined : locate(target.value, pointer);
    return target === undefined || found === undefined ? undefined : { ...found, file: target };
  }

  /** Throws a {@link GenerationError} if any file has diagnostics. */
  throwIfAny(): void {
    const diagnostics = [...this.files.values()].flatMap(({ diagnostics }) => diagnostics.diagnostics);
    if (diagnostics.length > 0) throw new GenerationError(diagnostics);
  }
}

/** Options for loading a document. */
export interface LoadSourcesOptions {
  /** File of the document, as in messages. */
  readonly file: string;
  /** Folder of other files. If undefined, references to them are rejected. */
  readonly folder?: DocumentFolder | undefined;
}

/** Returns the version of a root document; any other text is rejected later. */
function versionOf(document: JsonValue): Version {
  const [, minor] = /^3\.([012])\.\d+$/.exec(textMember(document, "openapi") ?? "") ?? [];
  return minor === "0" ? "3.0" : minor === "2" ? "3.2" : "3.1";
}

/**
 * Parses a document and the files that it references.
 *
 * @throws {GenerationError} with the diagnostics of all files
 */
export async function loadSources(
  text: string,
  { file, folder }: LoadSourcesOptions,
): Promise<Sources> {
  const base = posix.dirname(file);
  const files = new Map<string, SourceFile>();
  let version: Version = "3.1";
  const parse = (path: string, content: string): SourceFile => {
    const diagnostics = new DiagnosticList(posix.join(base, path));
    const parsed = parseYaml(content, diagnostics);
    if (files.size === 0) version = versionOf(parsed);
    const source = { path, value: upgradeDocument(parsed, { from: version }), diagnostics };
    files.set(path, source);
    return source;
  };
  const root = parse(posix.basename(file), text);
  root.diagnostics.throwIfAny();
  checkVersion(root);
  // A Map is iterated in insertion order, including entries added during the iteration.
  for (const source of files.values()) {
    for (const { ref, at } of referencesOf(source)) {
      const { path } = splitReference(ref, source);
      if (files.has(path)) continue;
      const content = isInside(path) ? await folder?.read(path) : undefined;
      if (content !== undefined) parse(path, content);
      else source.diagnostics.add(at, await adviseOnFile(path, folder));
    }
  }
  const sources = new Sources(root, files);
  sources.throwIfAny();
  for (const source of files.values()) checkTargets(source, sources);
  sources.throwIfAny();
  return sources;
}

/** Checks the version of a document, once 3.0 is upgraded. */
function checkVersion({ value, diagnostics }: SourceFile): void {
  if (textMember(value, "swagger") !== undefined) {
    diagnostics.add(
      "/swagger",
      "Swagger 2.0 is not supported; convert the document to OpenAPI 3 first, with `npx swagger2openapi` for example",
    );
  } else if (!/^3\.1\.\d+$/.test(textMember(value, "openapi") ?? "")) {
    diagnostics.add("/openapi", "Expected an OpenAPI version such as 3.1.0");
  }
  diagnostics.throwIfAny();
}

/** Yields all references of a file with the pointer of their text. Includes that of its operation defaults. */
function* referencesOf({ value }: SourceFile): Generator<{ ref: string; at: string }> {
  const defaults = textMember(member(value, "x-operation-defaults"), "$ref");
  if (defaults !== undefined) yield { ref: defaults, at: "/x-operation-defaults/$ref" };
  for (const { ref, holder } of walkReferences({ value, pointer: "" })) {
    yield { ref, at: `${holder.pointer}/$ref` };
  }
}

function checkTargets(source: SourceFile, sources: Sources): void {
  for (const { ref, at } of referencesOf(source)) {
    if (sources.resolve(ref, source) !== undefined) continue;
    const { path, fragment } = splitReference(ref, source);
    const target = sources.files.get(path);
    const where = target === source ? "this document" : target?.diagnostics.file ?? path;
    source.diagnostics.add(
      at,
      `The reference has no target in ${where}; ${suggestTarget(fragment, { path, source, sources })}`,
    );
  }
}

/** Splits a reference into the path of its file, relative to the document's folder, and its fragment. */
function splitReference(ref: string, { path: from }: SourceFile): { path: string; fragment: string } {
  const hash = ref.indexOf("#");
  const file = hash < 0 ? ref : ref.slice(0, hash);
  const fragment = hash < 0 ? "" : ref.slice(hash + 1);
  if (file === "") return { path: from, fragment };
  const path = isUrl(file) ? file : posix.normalize(posix.join(posix.dirname(from), file));
  return { path, fragment };
}

function isUrl(file: string): boolean {
  return /^[a-z][a-z0-9+.-]*:|^\//i.test(file);
}

function isInside(path: string): boolean {
  return !isUrl(path) && path !== ".." && !path.startsWith("../");
}

async function adviseOnFile(path: string, folder: DocumentFolder | undefined): Promise<string> {
  if (folder === undefined || !isInside(path)) {
    const where = folder === undefined ? "" : " outside the document's folder";
    return `References to other files are not supported${where}; ` +
      "move the target into this document's components";
  }
  const guess = nearest(path, await folder.list());
  return `There is no file ${path} in the document's folder${
    guess === undefined ? "; correct the path, or add the file" : `; did you mean ${guess}?`
  }`;
}
