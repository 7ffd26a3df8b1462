import { type Layer, LAYERS } from "./layers.ts";
import { isTest, isWithin } from "./room_of.ts";
import type { ResolvedImport, SourceFile } from "./source_tree.ts";

/** Imported files and packages by file. */
type Graph = ReadonlyMap<string, readonly string[]>;

/** Import path from a file to another file or a package, both included. */
type Way = readonly string[];

/** Returns a line for every import by which a layer reaches a file or package that it must not depend on. */
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
  const isEnd = (target: string): boolean => neverReaches.some((place) => isMeant(target, place));
  // An import is reported once, however many files reach it.
  const byLastImport = new Map<string, Way>();
  for (const way of from.flatMap(({ path }) => waysFrom(path, { graph, isEnd }))) {
    const key = way.slice(-2).join();
    if (way.length < (byLastImport.get(key)?.length ?? Infinity)) byLastImport.set(key, way);
  }
  return [...byLastImport.values()].map((way) => `${way.join(" -> ")}: ${why}`);
}

/** Returns the shortest path to every end that a file reaches. */
function waysFrom(
  file: string,
  { graph, isEnd }: { graph: Graph; isEnd: (target: string) => boolean },
): readonly Way[] {
  const ways = new Map<string, Way>([[file, [file]]]);
  for (const [from, way] of ways) {
    if (isEnd(from)) continue;
    for (const target of graph.get(from) ?? []) {
      if (!ways.has(target)) ways.set(target, [...way, target]);
    }
  }
  return [...ways.values()].filter((way) => way.length > 1 && isEnd(way.at(-1) ?? ""));
}

function imported({ imports: allowed, why }: Layer, { path, imports }: SourceFile): readonly string[] {
  if (allowed === undefined) return [];
  const name = /^([^/]+)_service\//.exec(path)?.[1] ?? "";
  const places = allowed.map((place) => place.replace("{name}", name));
  return imports.flatMap((one) =>
    targetOf(one).filter((target) => !places.some((place) => isMeant(target, place)))
      .map((target) => `${path}:${one.line}: imports ${target}: ${why}`)
  );
}

/** Whether a target is the specified file or package, or a file in the specified folder. */
function isMeant(target: string, place: string): boolean {
  return target === place || place.endsWith("/") && isWithin(target, place);
}
