import { join, relative } from "node:path";
import { generate } from "../oapi_codegen/generate.ts";

/**
 * Generates everything in memory and compares it with the committed files. Returns a line for every file that
 * differs, is missing, or is no longer generated.
 *
 * @throws {GenerationError} when a document cannot be generated from.
 */
export async function staleGeneratedFiles(root: string): Promise<readonly string[]> {
  const stale: string[] = [];
  for await (const { name } of Deno.readDir(join(root, "oapi"))) {
    if (!/^cfg\.server\.[\w-]+\.yaml$/.test(name)) continue;
    const { folder, files } = await generate(join(root, "oapi", name));
    const committed = await readGenerated(folder);
    for (const file of new Set([...files.keys(), ...committed.keys()])) {
      if (files.get(file) !== committed.get(file)) {
        stale.push(`${relative(root, join(folder, file))}: is not what deno task gen makes of oapi/${name}`);
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
