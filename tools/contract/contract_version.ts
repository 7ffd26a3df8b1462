import { basename, dirname, relative } from "node:path";
import { bundleDocument } from "../oapi_codegen/document/bundle_document.ts";
import type { DocumentFolder } from "../oapi_codegen/document/document_folder.ts";
import type { Place } from "../oapi_codegen/diagnostics.ts";
import type { JsonObject } from "../oapi_codegen/json_value.ts";

/** Version of a document. */
export interface ContractVersion {
  /** Bundled, with its operation defaults, and upgraded to OpenAPI 3.1. */
  readonly document: JsonObject;
  /** Returns the file and line of a pointer. */
  locate(pointer: string): Place;
}

/**
 * Reads a version of a document as the code generator does.
 *
 * @param path path of the document
 * @param folder the document's folder, in that version
 * @returns undefined if that version does not exist
 * @throws {GenerationError} if the document, or a file it references, is invalid
 */
export async function readVersion(
  path: string,
  folder: DocumentFolder,
): Promise<ContractVersion | undefined> {
  const text = await folder.read(basename(path));
  if (text === undefined) return undefined;
  const file = displayPath(path);
  const { document, diagnostics } = await bundleDocument(text, { file, folder });
  diagnostics.throwIfAny();
  return { document, locate: (pointer) => diagnostics.locate(pointer) };
}

/** Returns a path as messages show it: relative to the working directory, if it is below. */
function displayPath(path: string): string {
  const shown = relative(Deno.cwd(), path);
  return dirname(shown).startsWith("..") ? path : shown.replaceAll("\\", "/");
}
