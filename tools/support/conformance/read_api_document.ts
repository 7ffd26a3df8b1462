import { dirname } from "node:path";
import { ApiDocument } from "@archway/conformance/derived/api_document.ts";
import type { DocumentSource } from "@archway/conformance/parse_api_document.ts";
import { DiagnosticList } from "../../oapi_codegen/diagnostics/diagnostics.ts";
import { bundleDocument } from "../../oapi_codegen/document/bundle_document.ts";
import { isObject, textMember } from "../../oapi_codegen/document/json_value.ts";
import { diskFolder } from "../../oapi_codegen/document/sources/document_folder.ts";
import { parseYaml } from "../../oapi_codegen/syntax/parse_yaml.ts";

/**
 * Reads a document as the code generator does: of OpenAPI 3.0, too, and with the files beside it that it refers to.
 *
 * @throws {TypeError} for a text that is no OpenAPI document.
 */
export async function readApiDocument(text: string, { name, file }: DocumentSource): Promise<ApiDocument> {
  const faults = new DiagnosticList(name);
  const root = parseYaml(text, faults);
  const version = textMember(root, "openapi") ?? "";
  if (!faults.empty || !isObject(root) || !/^3\.[012]\./.test(version)) {
    throw new TypeError(`${name} is not an OpenAPI 3 document in JSON or YAML`);
  }
  const folder = file === undefined ? undefined : diskFolder(dirname(file));
  try {
    return new ApiDocument((await bundleDocument(text, { file: name, folder })).document);
  } catch (error) {
    throw new TypeError(`${name} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}
