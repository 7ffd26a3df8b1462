import { readdir, readFile } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";

/** Folder with the files that a document references. */
export interface DocumentFolder {
  /** Returns the text of a file by its path relative to the folder; undefined if it does not exist. */
  read(path: string): Promise<string | undefined>;
  /** Returns the names of the files directly in the folder. */
  list(): Promise<readonly string[]>;
  /** Whether the path of a file is one that documents of the folder may refer to. */
  contains(path: string): boolean;
}

/**
 * Opens a folder on the disk.
 *
 * @param root folder that paths with `..` must not leave; the folder itself if it is outside of it
 */
export function diskFolder(folder: string, root: string = folder): DocumentFolder {
  const isInside = (parent: string, path: string): boolean => {
    const way = relative(parent, path);
    return way !== "" && !/^\.\.(?:[/\\]|$)/.test(way) && !isAbsolute(way);
  };
  const limit = isInside(root, folder) ? root : folder;
  const contains = (path: string): boolean => isInside(limit, join(folder, path));
  return {
    contains,
    async read(path): Promise<string | undefined> {
      if (!contains(path)) return undefined;
      try {
        return await readFile(join(folder, path), "utf8");
      } catch {
        return undefined;
      }
    },
    list: () => readdir(folder),
  };
}
