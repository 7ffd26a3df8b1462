import { basename, dirname, relative } from "node:path";
import type { Config } from "../oapi_codegen/config/config.ts";
import { bundleDocument } from "../oapi_codegen/document/bundle_document.ts";
import type { DocumentFolder } from "../oapi_codegen/document/sources/document_folder.ts";
import type { OverlaySource } from "../oapi_codegen/document/overlays/read_overlay.ts";
import type { Place } from "../oapi_codegen/diagnostics/diagnostics.ts";
import { selectionOf } from "../oapi_codegen/generate_files.ts";
import type { JsonObject } from "../oapi_codegen/document/json_value.ts";

/** Version of a document. */
export interface ContractVersion {
  /** Bundled, with its overlays and operation defaults, the parts that are served, and upgraded to OpenAPI 3.1. */
  readonly document: JsonObject;
  /** Prefix of its paths by the configuration. */
  readonly basePath: string | undefined;
  /** Returns the file and line of a pointer. */
  locate(pointer: string): Place;
}

/** Options for reading a version of a document. */
export interface ReadVersionOptions {
  /** Folder of the document, in that version. */
  readonly folder: DocumentFolder;
  /** Its configuration. @default none, as for a document without one */
  readonly config?: Config | undefined;
  /** Returns the text of an overlay by its path in the configuration. */
  readonly readOverlay?: (path: string) => Promise<string | undefined>;
}

/**
 * Reads a version of a document as the code generator does.
 *
 * @param path path of the document
 * @returns undefined if that version does not exist
 * @throws {GenerationError} if the document, or a file it references, is invalid
 */
export async function readVersion(
  path: string,
  { folder, config, readOverlay }: ReadVersionOptions,
): Promise<ContractVersion | undefined> {
  const text = await folder.read(basename(path));
  if (text === undefined) return undefined;
  const overlays = (config?.overlays ?? []).map(async (overlay): Promise<OverlaySource> => ({
    file: overlay.text,
    text: await readOverlay?.(overlay.text) ?? "",
  }));
  const { served, diagnostics } = await bundleDocument(text, {
    ...{ file: displayPath(path), folder },
    overlays: await Promise.all(overlays),
    selection: config && selectionOf(config),
  });
  diagnostics.throwIfAny();
  return {
    document: served,
    basePath: config?.basePath,
    locate: (pointer) => diagnostics.locate(pointer),
  };
}

/** Returns a path as messages show it: relative to the working directory, if it is below. */
function displayPath(path: string): string {
  const shown = relative(Deno.cwd(), path);
  return dirname(shown).startsWith("..") ? path : shown.replaceAll("\\", "/");
}
