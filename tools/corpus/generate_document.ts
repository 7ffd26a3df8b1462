import { join } from "node:path";
import { generate, type Generated } from "../oapi_codegen/generate.ts";

/** Document of others, and the folder for its configuration and code. */
export interface DocumentTask {
  readonly document: string;
  readonly folder: string;
}

/**
 * Generates the code of a document, which is public where it says nothing about security.
 *
 * @throws {GenerationError} with all errors of the document
 */
export async function generateDocument({ document, folder }: DocumentTask): Promise<Generated> {
  const path = join(folder, "cfg.server.corpus.yaml");
  const options = { "default-security": "none" };
  await Deno.writeTextFile(path, JSON.stringify({ spec: document, output: "api", options }));
  return await generate(path);
}
