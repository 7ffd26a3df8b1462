import { join } from "node:path";

/** Field at the start of a line that makes a file an OpenAPI document rather than a part of one. */
const ROOT_FIELD = /^\s{0,4}["']?(?:openapi|swagger)["']?\s*:|^\{\s*"(?:openapi|swagger)"\s*:/m;

/** Returns the paths of the OpenAPI documents below a folder, sorted; files that are parts of documents are left out. */
export async function findDocuments(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) found.push(...await findDocuments(path));
    else if (/\.(?:ya?ml|json)$/.test(name) && ROOT_FIELD.test(await Deno.readTextFile(path))) {
      found.push(path);
    }
  }
  return found.toSorted();
}
