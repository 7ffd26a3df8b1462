import { join, relative } from "node:path";
import { DOCUMENT_FOLDERS } from "../oapi_codegen/document_folders.ts";
import { generate, type Generated } from "../oapi_codegen/generate.ts";
import { configurationsIn, runtimesOf } from "../oapi_codegen/generate_all.ts";

/**
 * Generates all code in memory and compares it with the committed files. Returns a line for every file that differs, is
 * missing, or is no longer generated.
 *
 * @throws {GenerationError} when a document is invalid.
 */
export async function staleGeneratedFiles(root: string): Promise<readonly string[]> {
  const stale: string[] = [];
  const clients: Pick<Generated, "folder">[] = [];
  const folders = DOCUMENT_FOLDERS.map((folder) => configurationsIn(join(root, folder)));
  for (const configuration of (await Promise.all(folders)).flat()) {
    const { client, ...server } = await generate(configuration);
    const source = relative(root, configuration);
    stale.push(...await staleFiles(server, { root, source }));
    if (client === undefined) continue;
    clients.push(client);
    stale.push(...await staleFiles(client, { root, source }));
  }
  for (const runtime of await runtimesOf(clients)) {
    stale.push(...await staleFiles(runtime, { root, source: "the clients" }));
  }
  return stale.sort();
}

async function staleFiles(
  { folder, files }: Pick<Generated, "folder" | "files">,
  { root, source }: { readonly root: string; readonly source: string },
): Promise<readonly string[]> {
  const committed = await readGenerated(folder);
  return [...new Set([...files.keys(), ...committed.keys()])]
    .filter((file) => files.get(file) !== committed.get(file))
    .map((file) =>
      `${relative(root, join(folder, file))}: differs from the output of deno task gen for ${source}`
    );
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
