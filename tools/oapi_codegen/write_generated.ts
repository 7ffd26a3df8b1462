import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Generated } from "./generate.ts";

/**
 * Writes the files of a folder that differ, and removes stale ones. Files are first written under temporary names, so that
 * a full disk leaves the old files intact.
 *
 * @returns the number of files that were written or removed
 */
export async function writeGenerated(
  { folder, files }: Pick<Generated, "folder" | "files">,
): Promise<number> {
  await mkdir(folder, { recursive: true });
  const written: string[] = [];
  try {
    for (const [name, text] of files) {
      if (await readText(join(folder, name)) === text) continue;
      written.push(name);
      await writeFile(join(folder, `${name}.tmp`), text);
    }
    for (const name of written) await rename(join(folder, `${name}.tmp`), join(folder, name));
  } catch (error) {
    for (const name of written) await rm(join(folder, `${name}.tmp`), { force: true });
    throw error;
  }
  let removed = 0;
  for (const name of await readdir(folder)) {
    if (!/\.gen\.(d\.ts|ts|js)(\.tmp)?$/.test(name) || files.has(name)) continue;
    await rm(join(folder, name));
    removed++;
  }
  return written.length + removed;
}

/** Returns the text of a file; undefined if it cannot be read. */
async function readText(path: string): Promise<string | undefined> {
  return await readFile(path, "utf8").catch(() => undefined);
}
