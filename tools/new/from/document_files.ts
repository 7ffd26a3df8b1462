import { basename, dirname, join, posix, resolve } from "node:path";
import { NO_RULES } from "../../oapi_codegen/config/selection.ts";
import type { JsonValue } from "@archway/server/operation.ts";
import { parseYaml } from "../../oapi_codegen/syntax/parse_yaml.ts";
import { DiagnosticList, GenerationError } from "../../oapi_codegen/diagnostics/diagnostics.ts";
import { formatDiagnostics } from "../../oapi_codegen/diagnostics/format_diagnostics.ts";
import { bundleDocument } from "../../oapi_codegen/document/bundle_document.ts";
import { isObject, type JsonObject, member } from "../../oapi_codegen/document/json_value.ts";
import { References } from "../../oapi_codegen/document/references.ts";
import { diskFolder, type DocumentFolder } from "../../oapi_codegen/document/sources/document_folder.ts";
import type { OperationModel } from "../../oapi_codegen/operations/model.ts";
import { readOperations } from "../../oapi_codegen/operations/operations.ts";
import { exists } from "../../support/exists.ts";
import { NewError } from "../usage_error.ts";

/** Document to serve, and the files that it consists of. */
export interface SourceDocument {
  readonly operations: readonly OperationModel[];
  readonly references: References;
  /** Texts by path below the folder of the document in oapi/. */
  readonly files: ReadonlyMap<string, string>;
  /** Path of the document itself. */
  readonly main: string;
  /** Generator settings in YAML. */
  readonly options: string;
  /** The document as it is written, without the other files. */
  readonly written: JsonValue;
  /** Decisions to be read by the team. */
  readonly notes: readonly string[];
}

/**
 * Reads a document with all files that it refers to: files of its folder, or of the git repository that it is in, since
 * whatever is read is copied into the project.
 *
 * @param path the document; `prefix` of its paths, undefined for that of its first server; `overlay` to apply
 * @throws {NewError} with what is wrong with it.
 */
export async function readDocument(
  path: string,
  { prefix, overlay }: { readonly prefix?: string | undefined; readonly overlay?: string | undefined } = {},
): Promise<SourceDocument> {
  const text = await readText(path);
  const file = basename(path);
  const read = new Map([[file, text]]);
  try {
    const folder = recording(diskFolder(dirname(resolve(path)), await repositoryOf(path)), read);
    const whole = (await bundleDocument(text, { file, folder })).document;
    const selected = settingsOf(whole, prefix);
    const overlays = overlay === undefined ? [] : [{ file: "overlay.yaml", text: overlay }];
    const { document, diagnostics } = await bundleDocument(text, {
      ...{ file, folder, overlays },
      selection: {
        include: NO_RULES,
        exclude: { ...NO_RULES, mediaTypes: selected.excluded.map((mediaType) => ({ text: mediaType })) },
        excludeTags: [],
        schemes: [],
      },
    });
    const references = new References(document, diagnostics);
    const operations = readOperations(references, {
      defaultSecurity: selected.defaultSecurity,
      basePath: selected.basePath,
    });
    diagnostics.throwIfAny();
    const { files, main } = arranged(read, file);
    const { text: options, notes } = selected;
    const written = parseYaml(text, new DiagnosticList(file));
    return { operations, references, files, main, options, notes, written };
  } catch (error) {
    if (!(error instanceof GenerationError)) throw error;
    const lines = formatDiagnostics(error.diagnostics, { severity: "error", all: false });
    throw new NewError(`The document cannot be served; nothing was written:\n${lines.join("\n")}`, {
      cause: error,
    });
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    const reason = /^https?:/.test(path)
      ? "download it, and give the path of the file"
      : cause instanceof Deno.errors.NotFound
      ? "there is no such file"
      : "expected an OpenAPI document in YAML or JSON";
    throw new NewError(`${path} cannot be read: ${reason}`, { cause });
  }
}

/** Wraps a folder so that the texts that are read from it are kept. */
function recording(folder: DocumentFolder, read: Map<string, string>): DocumentFolder {
  return {
    ...folder,
    async read(path): Promise<string | undefined> {
      const text = await folder.read(path);
      if (text !== undefined) read.set(path, text);
      return text;
    },
  };
}

/** Returns the files with paths below a common folder, and that of the document. */
function arranged(
  read: ReadonlyMap<string, string>,
  file: string,
): { readonly files: ReadonlyMap<string, string>; readonly main: string } {
  const levels = Math.max(
    ...[...read.keys()].map((path) => path.split("/").filter((part) => part === "..").length),
  );
  // Paths that leave the folder of the document get its place below theirs.
  const place = Array.from({ length: levels }, (_, index) => `level${levels - index}`).join("/");
  const below = (path: string): string => posix.normalize(posix.join(place, path));
  return { files: new Map([...read].map(([path, text]) => [below(path), text])), main: below(file) };
}

interface Settings {
  readonly basePath: string | undefined;
  readonly defaultSecurity: "none" | undefined;
  readonly excluded: readonly string[];
  readonly text: string;
  readonly notes: readonly string[];
}

/** Decides the generator settings that a document needs. */
function settingsOf(document: JsonObject, prefix: string | undefined): Settings {
  const notes: string[] = [];
  const [server] = [member(document, "servers")].flat();
  const url = String(member(server, "url") ?? "");
  const path = URL.parse(url.replaceAll(/[{}]/g, ""), "http://localhost")?.pathname.replace(/\/+$/, "") ?? "";
  const isPlain = /^(?:\/[\w.~-]+)+$/.test(path);
  const basePath = prefix ?? (path === "" ? undefined : isPlain ? "servers" : "");
  if (prefix === undefined && path !== "") {
    notes.push(
      isPlain
        ? `Its paths are served below ${path}, as the document's first server says; --prefix / serves them as written`
        : `Its paths are served as written, without ${path} of its first server; --prefix /v1 sets another prefix`,
    );
  }
  const isSilent = member(document, "security") === undefined && hasSilentOperation(document);
  if (isSilent) {
    notes.push(
      "Operations without security are public (default-security: none): add security before deployment",
    );
  }
  const mediaTypes = new Set([...mediaTypesOf(document)]);
  const xml = [...mediaTypes].filter((type) => /[/+]xml\b/.test(type));
  const excluded = mediaTypes.has("application/json") && xml.length > 0 && hasJsonEverywhere(document)
    ? xml
    : [];
  if (excluded.length > 0) notes.push(`Left out: ${excluded.join(", ")}; clients use JSON`);
  const options = [
    ...(basePath === undefined ? [] : [`  base-path: ${JSON.stringify(basePath)}\n`]),
    ...(isSilent ? ["  default-security: none\n"] : []),
  ];
  const text = [
    ...(excluded.length > 0
      ? [`exclude:\n  media-types: [${excluded.map((type) => JSON.stringify(type)).join(", ")}]\n`]
      : []),
    ...(options.length > 0 ? [`options:\n${options.join("")}`] : []),
  ].join("");
  return { basePath, defaultSecurity: isSilent ? "none" : undefined, excluded, text, notes };
}

const METHODS = ["get", "put", "post", "delete", "patch", "query"];

function operationsOf(document: JsonObject): readonly JsonObject[] {
  return Object.values(Object(member(document, "paths"))).flatMap((item) =>
    METHODS.flatMap((method) => {
      const operation = isObject(item) ? member(item, method) : undefined;
      return isObject(operation) ? [operation] : [];
    })
  );
}

function hasSilentOperation(document: JsonObject): boolean {
  return operationsOf(document).some((operation) => member(operation, "security") === undefined);
}

/** Yields the keys of all `content` objects below a value. */
function* mediaTypesOf(value: unknown): Generator<string> {
  if (Array.isArray(value)) { for (const item of value) yield* mediaTypesOf(item); }
  if (!isObject(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === "content" && isObject(inner)) yield* Object.keys(inner).filter((name) => name.includes("/"));
    if (key !== "example" && key !== "examples") yield* mediaTypesOf(inner);
  }
}

/** Whether all bodies with XML have JSON, too. */
function hasJsonEverywhere(document: JsonObject): boolean {
  const contents = [...contentsOf(document)];
  return contents.every((types) =>
    !types.some((type) => /[/+]xml\b/.test(type)) || types.some((type) => /[/+]json\b/.test(type))
  );
}

function* contentsOf(value: unknown): Generator<readonly string[]> {
  if (Array.isArray(value)) { for (const item of value) yield* contentsOf(item); }
  if (!isObject(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === "content" && isObject(inner)) yield Object.keys(inner);
    if (key !== "example" && key !== "examples") yield* contentsOf(inner);
  }
}

/** Returns the root of the git repository that a file is in, or else the folder of the file. */
async function repositoryOf(path: string): Promise<string> {
  const folder = dirname(resolve(path));
  for (let parent = folder; dirname(parent) !== parent; parent = dirname(parent)) {
    if (await exists(join(parent, ".git"))) return parent;
  }
  return folder;
}
