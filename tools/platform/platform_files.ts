import { join } from "node:path";

/** Folders that an upgrade replaces. */
const PLATFORM_FOLDERS = ["server", "db", "platform", "tools", "tests"] as const;

/** Generated within the platform; `deno task check` compares it with its documents. */
const GENERATED = "tools/support/contact_service/api/";

/** Returns the paths of all platform files of a tree, sorted. */
export async function platformFiles(root: string): Promise<readonly string[]> {
  const paths = await Promise.all(PLATFORM_FOLDERS.map((folder) => filesBelow(root, folder)));
  return paths.flat().sort();
}

async function filesBelow(root: string, folder: string): Promise<readonly string[]> {
  const paths: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(join(root, folder))) {
      const path = `${folder}/${name}`;
      // Programs that read the tree may leave hidden files and packages, which belong to no one.
      if (name.startsWith(".") || name === "node_modules" || name === "__pycache__") continue;
      if (isDirectory) paths.push(...await filesBelow(root, path));
      else if (!path.startsWith(GENERATED)) paths.push(path);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return paths;
}

/** Returns the SHA-256 of each platform file of a tree, by path. */
export async function hashPlatform(root: string): Promise<ReadonlyMap<string, string>> {
  const hashes = new Map<string, string>();
  for (const path of await platformFiles(root)) {
    hashes.set(path, await hashFile(await Deno.readFile(join(root, path))));
  }
  return hashes;
}

/** Returns the SHA-256 of a file. Line breaks count as LF, since git may check out CRLF. */
export async function hashFile(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const normalized = bytes.includes(CR)
    ? bytes.filter((byte, index) => byte !== CR || bytes[index + 1] !== LF)
    : bytes;
  return new Uint8Array(await crypto.subtle.digest("SHA-256", normalized)).toHex();
}

const CR = 13;
const LF = 10;
