import { join } from "node:path/posix";
import { type ImportMap, parseImportMap, resolve, type Target } from "./import_map.ts";
import { listFiles } from "./list_files.ts";
import { type Literal, parseGenerated, parseSource } from "./source.ts";

/** Programs of peers, which are no modules of the project: they run elsewhere, with packages of their own. */
const PEER = /^tools\/bench\/peers\/[^/]+\//;

const SOURCE = /\.[cm]?[jt]sx?$/;
/** Matches other files that the rules inspect. */
const OTHER = /^deno\.json$|(^|\/)migrations\/[^/]+\.sql$|^oapi\/[^/]+\.yaml$/;

/** Matches the output of `deno task gen`. */
const GENERATED = /^(?:tools\/support\/contact_service\/)?api\//;

/** Parsed files that the rules inspect. */
export interface SourceTree {
  readonly files: readonly SourceFile[];
  /** Texts of all files by path, sources included. */
  readonly texts: ReadonlyMap<string, string>;
  readonly importMap: ImportMap;
}

export interface SourceFile {
  readonly path: string;
  readonly imports: readonly ResolvedImport[];
  readonly literals: readonly Literal[];
  readonly environmentReads: readonly number[];
}

export interface ResolvedImport {
  /** As written. */
  readonly specifier: string;
  readonly line: number;
  /** Undefined if it is computed. */
  readonly target: Target | undefined;
}

/** Reads the files below a root that the rules inspect. */
export async function readTree(root: string): Promise<SourceTree> {
  const paths = (await listFiles(root)).filter((path) =>
    !PEER.test(path) && (SOURCE.test(path) || OTHER.test(path))
  );
  const texts = await Promise.all(paths.map((path) => Deno.readTextFile(join(root, path))));
  return parseTree(new Map(paths.map((path, index) => [path, texts[index] ?? ""])));
}

/** Parses a tree of texts by path. */
export function parseTree(texts: ReadonlyMap<string, string>): SourceTree {
  const map = parseImportMap(texts.get("deno.json") ?? "{}");
  const files = [...texts].filter(([path]) => SOURCE.test(path)).map(([path, text]): SourceFile => {
    const source = GENERATED.test(path) ? parseGenerated(path, text) : parseSource(path, text);
    const imports = source.imports.map(({ specifier, line }) => ({
      specifier: specifier ?? "",
      line,
      target: specifier === undefined ? undefined : resolve(specifier, { file: path, map }),
    }));
    return { ...source, imports };
  });
  return { files, texts, importMap: map };
}
