import { type ImportMap, prefixFor } from "./import_map.ts";
import { homeOf, placeOf } from "./room_of.ts";
import type { SourceFile, SourceTree } from "./source_tree.ts";

/** Returns a line for every absolute import in a room and every relative one between rooms. */
export function misspelledImports({ files, importMap }: SourceTree): readonly string[] {
  return files.flatMap((file) => misspelledIn(file, importMap));
}

function misspelledIn({ path, imports }: SourceFile, map: ImportMap): readonly string[] {
  const from = placeOf(path);
  if (from === undefined) return [];
  return imports.flatMap(({ specifier, target, line }) => {
    if (target === undefined) return [];
    if ("address" in target) {
      return [`${path}:${line}: imports ${specifier}; add it to the imports of deno.json`];
    }
    const to = "file" in target ? placeOf(target.file) : undefined;
    if (to === undefined || !("file" in target)) return [];
    const isRelative = specifier.startsWith(".");
    if (homeOf(to) === homeOf(from)) {
      return isRelative
        ? []
        : [`${path}:${line}: imports ${specifier}; use a relative import inside ${homeOf(from)}`];
    }
    // Imports of a service need no prefix.
    const prefix = to.room.door === undefined ? prefixFor(homeOf(to), map) : undefined;
    if (!isRelative || prefix === undefined) return [];
    return [
      `${path}:${line}: imports ${specifier}; use ${prefix}${target.file.slice(homeOf(to).length)}`,
    ];
  });
}
