import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Generated } from "./generate.ts";

/**
 * Writes a folder of generated files and removes stale ones. Files are first written under temporary names, so that a
 * full disk leaves the old files intact.
 */
export async function writeGenerated({ folder, files }: Pick<Generated, "folder" | "files">): Promise<void> {
  await mkdir(folder, { recursive: true });
  const written: string[] = [];
  try {
    for (const [name, text] of files) {
      written.push(name);
      await writeFile(join(folder, `${name}.tmp`), text);
    }
    for (const name of written) await rename(join(folder, `${name}.tmp`), join(folder, name));
  } catch (error) {
    for (const name of written) await rm(join(folder, `${name}.tmp`), { force: true });
    throw error;
  }
  for (const name of await readdir(folder)) {
    if (/\.gen\.(d\.ts|ts|js)(\.tmp)?$/.test(name) && !files.has(name)) await rm(join(folder, name));
  }
}
