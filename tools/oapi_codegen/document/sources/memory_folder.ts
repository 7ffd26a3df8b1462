import type { DocumentFolder } from "./document_folder.ts";

/** Creates an in-memory folder of texts by path, for tests. */
export function memoryFolder(files: Readonly<Record<string, string>>): DocumentFolder {
  const texts = new Map(Object.entries(files));
  return {
    read: (path) => Promise.resolve(texts.get(path)),
    list: () => Promise.resolve([...texts.keys()]),
    contains: (path) => texts.has(path) || !path.startsWith("../"),
  };
}
