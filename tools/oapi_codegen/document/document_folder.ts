import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Folder with the files that a document references. */
export interface DocumentFolder {
  /** Returns the text of a file by its path relative to the folder; undefined if it does not exist. */
  read(path: string): Promise<string | undefined>;
  /** Returns the names of the files directly in the folder. */
  list(): Promise<readonly string[]>;
}

/** Opens a folder on the disk. */
export function diskFolder(folder: string): DocumentFolder {
  return {
    async read(path): Promise<string | undefined> {
      try {
        return await readFile(join(folder, path), "utf8");
      } catch {
        return undefined;
      }
    },
    list: () => readdir(folder),
  };
}
