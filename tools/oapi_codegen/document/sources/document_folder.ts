import { readdir, realpath } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";
import { readLimitedFile } from "@archway/server/limited_file.ts";

/** Maximum size of a document, or of a file that it refers to, in bytes. */
export const MAX_DOCUMENT_BYTES: number = 64 * 1024 * 1024;

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
        const real = await realpath(join(folder, path));
        // A link could lead to a secret, whose text would become part of the document.
        if (!isInside(await realpath(limit), real)) return undefined;
        return await readLimitedFile(real, MAX_DOCUMENT_BYTES);
      } catch {
        return undefined;
      }
    },
    list: () => readdir(folder),
  };
}
