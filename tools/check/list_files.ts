import { join } from "node:path";

/** Folders without sources of the project. */
const NOT_SOURCE = new Set([".git", ".archway", "dist", "node_modules", "fixtures"]);

/** Returns the sorted paths of all files below a root, except in folders without sources. */
export async function listFiles(root: string, folder = ""): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(join(root, folder))) {
    const path = join(folder, name);
    if (isFile) found.push(path);
    else if (isDirectory && !NOT_SOURCE.has(name)) found.push(...await listFiles(root, path));
  }
  return found.sort();
}
