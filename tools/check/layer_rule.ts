import { type Layer, LAYERS } from "./layers.ts";
import { isTest, isWithin } from "./room_of.ts";
import type { ResolvedImport, SourceFile } from "./source_tree.ts";

/** Imported files and packages by file. */
type Graph = ReadonlyMap<string, readonly string[]>;

/** Import path from a file to another file or a package, both included. */
type ImportPath = readonly string[];

/** Returns a line for every import by which a layer reaches a forbidden file or package. */
export function brokenLayers(files: readonly SourceFile[]): readonly string[] {
  const graph: Graph = new Map(files.map(({ path, imports }) => [path, imports.flatMap(targetOf)]));
  return LAYERS.flatMap((layer) => {
    const inside = files.filter(({ path }) => !isTest(path) && layer.of.some((part) => isWithin(path, part)));
    return [...reached(layer, { from: inside, graph }), ...inside.flatMap((file) => imported(layer, file))];
  });
}

function targetOf({ target }: ResolvedImport): readonly string[] {
  if (target === undefined || "address" in target) return [];
  return ["file" in target ? target.file : target.package];
}

function reached(
  { neverReaches = [], why }: Layer,
  { from, graph }: { from: readonly SourceFile[]; graph: Graph },
): readonly string[] {
  const isEnd = (target: string): boolean => neverReaches.some((place) => matches(target, place));
  // An import is reported once, however many files reach it.
  const byLastImport = new Map<string, ImportPath>();
  for (const path of from.flatMap(({ path }) => pathsFrom(path, { graph, isEnd }))) {
    const key = path.slice(-2).join();
    if (path.length < (byLastImport.get(key)?.length ?? Infinity)) byLastImport.set(key, path);
  }
  return [...byLastImport.values()].map((path) => `${path.join(" -> ")}: ${why}`);
}

/** Returns the shortest path to every end that a file reaches. */
function pathsFrom(
  file: string,
  { graph, isEnd }: { graph: Graph; isEnd: (target: string) => boolean },
): readonly ImportPath[] {
  const paths = new Map<string, ImportPath>([[file, [file]]]);
  for (const [from, path] of paths) {
    if (isEnd(from)) continue;
    for (const target of graph.get(from) ?? []) {
      if (!paths.has(target)) paths.set(target, [...path, target]);
    }
  }
  return [...paths.values()].filter((path) => path.length > 1 && isEnd(path.at(-1) ?? ""));
}

function imported({ imports: allowed, why }: Layer, { path, imports }: SourceFile): readonly string[] {
  if (allowed === undefined) return [];
  const name = /^([^/]+)_service\//.exec(path)?.[1] ?? "";
  const places = allowed.map((place) => place.replace("{name}", name));
  return imports.flatMap((one) =>
    targetOf(one).filter((target) => !places.some((place) => matches(target, place)))
      .map((target) => `${path}:${one.line}: imports ${target}: ${why}`)
  );
}

/** Whether a target is the specified file or package, or a file in the specified folder. */
function matches(target: string, place: string): boolean {
  return target === place || place.endsWith("/") && isWithin(target, place);
}
