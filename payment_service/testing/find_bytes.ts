import { Buffer } from "node:buffer";
import { join } from "node:path";

/** Returns the files below a directory that have one of some texts, with the first one. */
export async function findBytes(directory: string, texts: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(directory)) {
    const path = join(directory, name);
    if (isDirectory) found.push(...await findBytes(path, texts));
    if (!isFile) continue;
    const bytes = Buffer.from(await Deno.readFile(path).catch(removed));
    const text = texts.find((one) => bytes.includes(one));
    if (text !== undefined) found.push(`${path}: ${text}`);
  }
  return found;
}

/** Returns nothing for a file that the server has removed meanwhile. */
function removed(error: unknown): Uint8Array {
  if (error instanceof Deno.errors.NotFound) return new Uint8Array();
  throw error;
}
