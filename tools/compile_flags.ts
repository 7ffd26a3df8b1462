import { dirname, join } from "node:path";
import { snapshotFile } from "@archway/db/embedded/unpack_snapshot.ts";
import { fromRoot, migrationSources, PROJECT_ROOT } from "@archway/program/project.ts";
import type { ServiceModule } from "@archway/service_kit/service_module.ts";
import { runDeno } from "./audit/run_deno.ts";

/** Worker thread of the embedded database, which the module graph of a program does not contain. */
const worker = "db/embedded/embedded_worker.ts";

/**
 * Limits of V8's heap, which otherwise grows beyond what is in use, in each of two threads. They save memory for about a
 * tenth of the processor time of a read.
 */
const v8Flags = ["--max-semi-space-size=8", "--heap-growing-percent=50"];

/** Files of packages that no program reads: the executable keeps all of its files in memory. */
const UNUSED_FILES = [
  /\.(map|md|d\.[cm]?ts)$/,
  /\/@electric-sql\/pglite\/.*\.cjs$/,
  /\/@opentelemetry\/semantic-conventions\/.*\/(experimental_|index-incubating)[^/]*$/,
  /\/swagger-ui-dist\/.*\/swagger-ui(-es-bundle|-es-bundle-core|-standalone-preset)?\.js$/,
];

/** Size below which a file is not worth an argument, in bytes. */
const smallFile = 4096;

interface ModuleGraph {
  readonly modules: readonly { readonly npmPackage?: string }[];
  readonly npmPackages: Readonly<
    Record<string, { readonly localPath?: string; readonly dependencies: readonly string[] }>
  >;
}

/**
 * Prints the flags of `deno compile` for a program. They include the files that its services read at run time, exclude
 * packages and files that it never reads, and limit the heap.
 *
 * @param file List of services beside the main module, relative to the root of the project.
 */
async function printFlags(file = "services.ts"): Promise<void> {
  const { services }: { readonly services: readonly ServiceModule[] } = await import(
    join(PROJECT_ROOT, file)
  );
  const folders = migrationSources(services).map(({ directory }) => fromRoot(directory));
  const included = [...folders, fromRoot(snapshotFile), worker];
  const excluded = await unusedPaths([join(dirname(file), "main.ts"), worker]);
  const flags = [
    `--v8-flags=${v8Flags.join(",")}`,
    ...included.map((path) => `--include ${path}`),
    // Arguments are split at spaces.
    ...excluded.filter((path) => !/\s/.test(path)).map((path) => `--exclude ${path}`),
  ];
  await Deno.stdout.write(new TextEncoder().encode(flags.join(" ")));
}

/** Returns the folders of packages that the modules do not reach, and unused files of the others. */
async function unusedPaths(modules: readonly string[]): Promise<readonly string[]> {
  const graphs = await Promise.all(modules.map(moduleGraph));
  const used = new Set(graphs.flatMap(usedPackages));
  const folders = new Map(
    graphs.flatMap(({ npmPackages }) => Object.entries(npmPackages))
      .flatMap(([name, { localPath }]) => localPath === undefined ? [] : [[name, localPath]]),
  );
  const needed = new Set([...folders].filter(([name]) => used.has(name)).map(([, folder]) => folder));
  const unneeded = [...new Set(folders.values())].filter((folder) => !needed.has(folder));
  const files = await Promise.all([...needed].map((folder) => Array.fromAsync(unusedFiles(folder))));
  return [...unneeded, ...files.flat()];
}

async function moduleGraph(module: string): Promise<ModuleGraph> {
  const { code, stdout, stderr } = await runDeno(["info", "--json", module], { cwd: PROJECT_ROOT });
  if (code !== 0) throw new Error(`deno info ${module} failed: ${stderr}`);
  return JSON.parse(stdout);
}

function usedPackages({ modules, npmPackages }: ModuleGraph): readonly string[] {
  const used = new Set(modules.flatMap(({ npmPackage }) => npmPackage === undefined ? [] : [npmPackage]));
  // A set also iterates over what is added meanwhile.
  for (const name of used) npmPackages[name]?.dependencies.forEach((dependency) => used.add(dependency));
  return [...used];
}

async function* unusedFiles(folder: string): AsyncIterable<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* unusedFiles(path);
    else if (UNUSED_FILES.some((unused) => unused.test(path)) && (await Deno.stat(path)).size >= smallFile) {
      yield path;
    }
  }
}

if (import.meta.main) await printFlags(Deno.args[0]);
