import { dirname, join, normalize } from "node:path/posix";

/** The import map of deno.json. */
export interface ImportMap {
  readonly imports: Readonly<Record<string, string>>;
  readonly scopes: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Target of an import: a file of the tree, a package, or a URL that bypasses the import map. */
export type Target =
  | { readonly file: string }
  | { readonly package: string }
  | { readonly address: string };

export function parseImportMap(json: string): ImportMap {
  const { imports = {}, scopes = {} }: Partial<ImportMap> = JSON.parse(json);
  return { imports, scopes };
}

/**
 * Resolves a specifier from a file. A name mapped to a single local file is that of a package vendored in the tree; a
 * prefix mapped to a folder is that of a room.
 */
export function resolve(specifier: string, { file, map }: { file: string; map: ImportMap }): Target {
  if (/^\.{0,2}\//.test(specifier)) return { file: join(dirname(file), specifier) };
  const prefix = Object.keys(map.imports).find((key) => key.endsWith("/") && specifier.startsWith(key));
  const folder = prefix && map.imports[prefix];
  if (prefix && folder?.startsWith("./")) return { file: normalize(folder + specifier.slice(prefix.length)) };
  if (/^(?!node:)[a-z+.-]+:/.test(specifier)) return { address: specifier };
  return { package: /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier };
}

/** Returns the prefix that maps to a folder, such as `@archway/db/` for `db/`. */
export function prefixFor(folder: string, map: ImportMap): string | undefined {
  return Object.keys(map.imports).find((key) => key.endsWith("/") && map.imports[key] === `./${folder}`);
}
