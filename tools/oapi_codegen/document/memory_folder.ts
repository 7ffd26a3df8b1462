import type { DocumentFolder } from "./document_folder.ts";

/** A folder of tests: texts by path. */
export function memoryFolder(files: Readonly<Record<string, string>>): DocumentFolder {
  const texts = new Map(Object.entries(files));
  return {
    read: (path) => Promise.resolve(texts.get(path)),
    list: () => Promise.resolve([...texts.keys()]),
  };
}
