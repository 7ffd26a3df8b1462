import { join, relative } from "node:path";
import { DOCUMENT_FOLDERS } from "../oapi_codegen/document_folders.ts";
import { generate } from "../oapi_codegen/generate.ts";
import { configurationsIn } from "../oapi_codegen/generate_all.ts";

/**
 * Generates all code in memory and compares it with the committed files. Returns a line for every file that differs, is
 * missing, or is no longer generated.
 *
 * @throws {GenerationError} when a document is invalid.
 */
export async function staleGeneratedFiles(root: string): Promise<readonly string[]> {
  const stale: string[] = [];
  const folders = DOCUMENT_FOLDERS.map((folder) => configurationsIn(join(root, folder)));
  for (const configuration of (await Promise.all(folders)).flat()) {
    const { folder, files } = await generate(configuration);
    const committed = await readGenerated(folder);
    const source = relative(root, configuration);
    for (const file of new Set([...files.keys(), ...committed.keys()])) {
      if (files.get(file) !== committed.get(file)) {
        stale.push(
          `${relative(root, join(folder, file))}: differs from the output of deno task gen for ${source}`,
        );
      }
    }
  }
  return stale.sort();
}

async function readGenerated(folder: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  try {
    for await (const { name } of Deno.readDir(folder)) {
      files.set(name, await Deno.readTextFile(join(folder, name)));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return files;
}
