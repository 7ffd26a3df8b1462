import type { ImportMap } from "./import_map.ts";
import { PACKAGES } from "./packages.ts";
import { isTest, isWithin } from "./room_of.ts";
import type { SourceFile, SourceTree } from "./source_tree.ts";

/** Returns a line for every import of a package outside the folders that it is bound to. Tools and tests are free. */
export function unboundPackages({ files, importMap }: SourceTree): readonly string[] {
  return files.filter(({ path }) => !isTest(path) && !path.startsWith("tools/"))
    .flatMap((file) => unboundIn(file, importMap));
}

function unboundIn({ path, imports }: SourceFile, map: ImportMap): readonly string[] {
  return imports.flatMap(({ target, line }) => {
    if (target === undefined || !("package" in target) || target.package.startsWith("node:")) return [];
    const { package: name } = target;
    const folders = [...PACKAGES[name] ?? [], ...scopesOf(name, map)];
    if (folders.some((folder) => isWithin(path, folder))) return [];
    return [
      folders.length === 0
        ? `${path}:${line}: imports ${name}, which is bound to no room; a service binds its own by ` +
          `"scopes": { "./${
            path.split("/")[0]
          }/": { "${name}": "npm:…" } } in deno.json, the platform by tools/check/packages.ts`
        : `${path}:${line}: imports ${name}, which is bound to ${folders.join(", ")}`,
    ];
  });
}

/** The folders for which alone the import map knows a package. */
function scopesOf(name: string, { scopes }: ImportMap): readonly string[] {
  return Object.keys(scopes)
    .filter((folder) =>
      Object.keys(scopes[folder] ?? {}).some((key) => key === name || key.startsWith(`${name}/`))
    )
    .map((folder) => folder.replace(/^\.\//, ""));
}
