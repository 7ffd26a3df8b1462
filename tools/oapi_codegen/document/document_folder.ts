import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The folder of a document, in which the files are that it refers to. */
export interface DocumentFolder {
  /** Returns the text of a file, by its path from the folder; undefined where there is none. */
  read(path: string): Promise<string | undefined>;
  /** Returns the names of the files that stand directly in the folder. */
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
