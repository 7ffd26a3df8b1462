import { dirname, join, normalize } from "node:path/posix";
import ts from "typescript";

/** The folders that hold no source of the project. */
const NOT_SOURCE = new Set([".git", ".archway", "dist", "node_modules", "fixtures"]);

/**
 * What every source file imports: local files as paths from the root, everything else as the bare name it is
 * imported by (mapped names that lead to local files are followed).
 */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** Reads the imports of all TypeScript and JavaScript files below a root, dynamic and type-only ones included. */
export async function readImportGraph(root: string): Promise<ImportGraph> {
  const { imports }: { imports: Record<string, string> } = JSON.parse(
    await Deno.readTextFile(join(root, "deno.json")),
  );
  const graph = new Map<string, readonly string[]>();
  for (const file of await listSources(root)) {
    const { importedFiles } = ts.preProcessFile(await Deno.readTextFile(join(root, file)), true, true);
    graph.set(file, importedFiles.map(({ fileName }) => resolve(file, fileName, imports)));
  }
  return graph;
}

/** The sources below a root, as sorted paths from it. */
export async function listSources(root: string, folder = ""): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(root, folder))) {
    const path = join(folder, name);
    if (isDirectory && !NOT_SOURCE.has(name)) found.push(...await listSources(root, path));
    else if (/\.(ts|js)$/.test(name)) found.push(path);
  }
  return found.sort();
}

/** Everything a file reaches through its imports, with the way there: `reached -> [file, …, reached]`. */
export function reachableFrom(graph: ImportGraph, file: string): ReadonlyMap<string, readonly string[]> {
  const ways = new Map<string, readonly string[]>([[file, [file]]]);
  for (const [from, way] of ways) {
    for (const target of graph.get(from) ?? []) {
      if (!ways.has(target)) ways.set(target, [...way, target]);
    }
  }
  return ways;
}

function resolve(file: string, specifier: string, imports: Readonly<Record<string, string>>): string {
  const mapped = imports[specifier] ?? specifier;
  if (mapped.startsWith(".")) return imports[specifier] ? normalize(mapped) : join(dirname(file), mapped);
  return specifier;
}
