import type { ImportMap } from "./import_map.ts";
import { PACKAGES } from "./packages.ts";
import { isTest, isWithin } from "./room_of.ts";
import type { SourceFile, SourceTree } from "./source_tree.ts";

/** Returns a line for every import of a package outside its folders. Tools and tests are exempt. */
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
        ? `${path}:${line}: imports ${name}, which is assigned to no room; a service adds its own with ` +
          `"scopes": { "./${
            path.split("/")[0]
          }/": { "${name}": "npm:…" } } in deno.json, the platform in tools/check/packages.ts`
        : `${path}:${line}: imports ${name}, which only these folders may import: ${folders.join(", ")}`,
    ];
  });
}

/** Returns the folders whose scope in the import map has a package. */
function scopesOf(name: string, { scopes }: ImportMap): readonly string[] {
  return Object.keys(scopes)
    .filter((folder) =>
      Object.keys(scopes[folder] ?? {}).some((key) => key === name || key.startsWith(`${name}/`))
    )
    .map((folder) => folder.replace(/^\.\//, ""));
}
