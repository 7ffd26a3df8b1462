import { posix } from "node:path";
import { nearest } from "@archway/config/nearest.ts";
import type { JsonValue } from "@archway/server/operation.ts";
import { DiagnosticList } from "../../diagnostics/diagnostics.ts";
import { DOCUMENT } from "../document_kinds.ts";
import { isObject, member, textMember } from "../json_value.ts";
import { parseYaml } from "../../syntax/parse_yaml.ts";
import { walkReferences } from "../reference_walk.ts";
import type { DocumentFolder } from "./document_folder.ts";
import { resolveIdentifiers } from "./resolve_identifiers.ts";
import { isUrl, type SourceFile, Sources, throwIfAny, type Version } from "./sources.ts";

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

/** Whether a file is laid out as an OpenAPI document, so that the types of its parts are known. */
function isDocument({ value }: SourceFile): boolean {
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
  const start = "an OpenAPI document starts with openapi: 3.1.0, and has info and paths";
  const top = { file: diagnostics.file, line: 1, column: 1 };
  if (value === null) diagnostics.addAt({ ...top, at: "" }, `The file is empty; ${start}`);
  else if (!isObject(value)) diagnostics.addAt({ ...top, at: "" }, `Expected an object; ${start}`);
  else if (member(value, "swagger") !== undefined) {
    diagnostics.add(
      "/swagger",
      "Swagger 2.0 is not supported; convert the document to OpenAPI 3 first, with `npx swagger2openapi` for example",
    );
  } else if (member(value, "openapi") === undefined) {
    diagnostics.addAt({ ...top, at: "/openapi" }, `The field openapi is missing; ${start}`);
  } else if (versionOf(value) === undefined) {
    diagnostics.add("/openapi", "Expected an OpenAPI version such as 3.1.0");
  }
  diagnostics.throwIfAny();
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
