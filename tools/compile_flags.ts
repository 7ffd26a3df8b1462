import { dirname, join } from "node:path";
import { snapshotFile } from "@archway/db/embedded/unpack_snapshot.ts";
import { COMMIT_FILE } from "@archway/program/version_command.ts";
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
  // Modules of ECMAScript stand beside these, and TypeScript beside its output.
  /\/(@electric-sql\/pglite|@logtape|@modelcontextprotocol|@opentelemetry|croner|zod)\/.*\.cjs$/,
  // Deno loads the CommonJS copy of these, by the condition `node`.
  /\/graphql\/.*\.mjs$/,
  /\/(hono\/[^/]+\/dist|postgres\/[^/]+)\/(cjs|cf)\//,
  /\/@noble\/hashes\/.*\.ts$/,
  /\/@opentelemetry\/semantic-conventions\/.*\/(experimental_|index-incubating)[^/]*$/,
  /\/(ajv|ajv-formats)\/[^/]+\/(lib|src)\//,
  /\/fast-uri\/[^/]+\/(benchmark|test)\//,
  /\/yaml\/[^/]+\/browser\//,
  /\/graphql\/[^/]+\/__dev__\//,
  /\/graphql-http\/[^/]+\/umd\//,
  /\/saslprep\/.*browser[^/]*$/,
  /\/(croner|tweetnacl)\/.*[.-](umd|min)\.js$/,
  /\/uplot\/[^/]+\/dist\/uPlot\.(cjs|iife|iife\.min)\.js$/,
  /\/zod\/[^/]+\/src\//,
  /\/swagger-ui-dist\/.*\/swagger-ui(-es-bundle|-es-bundle-core|-standalone-preset)?\.js$/,
];

/** Modules that a module imports, and the packages of npm, as `deno info` prints them. */
export interface ModuleGraph {
  readonly roots: readonly string[];
  readonly redirects: Readonly<Record<string, string>>;
  readonly modules: readonly {
    readonly specifier: string;
    readonly npmPackage?: string;
    /** Bytes of the source. */
    readonly size?: number;
    /** Those without `code` only import types. */
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier?: string };
      /** Whether it is imported on demand. */
      readonly isDynamic?: boolean;
    }[];
  }[];
  readonly npmPackages: Readonly<
    Record<string, { readonly localPath?: string; readonly dependencies: readonly string[] }>
  >;
}

/** Program whose flags {@link compileFlags} returns. */
export interface CompiledProgram {
  /** List of services beside the main module, relative to the root of the project. @default services.ts */
  readonly file?: string;
  /** Whether it contains the embedded database. */
  readonly embedded: boolean;
}

/**
 * Returns the flags of `deno compile` for a program. They include the files that its services read at run time, exclude
 * packages and files that it never reads, and limit the heap.
 */
export async function compileFlags(
  { file = "services.ts", embedded }: CompiledProgram,
): Promise<readonly string[]> {
  const { services }: { readonly services: readonly ServiceModule[] } = await import(
    join(PROJECT_ROOT, file)
  );
  const folders = migrationSources(services).map(({ directory }) => fromRoot(directory));
  const commit = await writeCommit();
  const ofEmbedded = embedded ? [fromRoot(snapshotFile), worker] : [];
  const included = [...folders, ...ofEmbedded, ...(commit === undefined ? [] : [commit])];
  const excluded = await unusedPaths([join(dirname(file), "main.ts"), ...(embedded ? [worker] : [])]);
  return [
    `--v8-flags=${v8Flags.join(",")}`,
    ...included.flatMap((path) => ["--include", path]),
    // Arguments are split at spaces.
    ...excluded.filter((path) => !/\s/.test(path)).flatMap((path) => ["--exclude", path]),
  ];
}

/** Writes the commit to a file for the command `version`, and returns its path; undefined without git. */
async function writeCommit(): Promise<string | undefined> {
  const args = ["describe", "--always", "--dirty", "--exclude=*", "--abbrev=12"];
  const git = new Deno.Command("git", { args, cwd: PROJECT_ROOT, stderr: "null" });
  const { success, stdout } = await git.output().catch(() => ({ success: false, stdout: new Uint8Array() }));
  if (!success) return undefined;
  await Deno.mkdir(dirname(COMMIT_FILE), { recursive: true });
  await Deno.writeFile(COMMIT_FILE, stdout);
  return fromRoot(COMMIT_FILE);
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
  const files = await Promise.all([...needed].map(unusedFiles));
  return [...unneeded, ...files.flat()];
}

/**
 * Returns the modules that a module of the project imports, statically or on demand.
 *
 * @throws {Error} if the module cannot be loaded.
 */
export async function moduleGraph(module: string): Promise<ModuleGraph> {
  const { code, stdout, stderr } = await runDeno(["info", "--json", module], { cwd: PROJECT_ROOT });
  if (code !== 0) throw new Error(`deno info ${module} failed: ${stderr}`);
  return JSON.parse(stdout);
}

/** Returns the packages that the modules import at run time, and those that these depend on. */
function usedPackages({ roots, redirects, modules, npmPackages }: ModuleGraph): readonly string[] {
  const bySpecifier = new Map(modules.map((module) => [module.specifier, module]));
  const reached = new Set(roots);
  const used = new Set<string>();
  // A set also iterates over what is added meanwhile.
  for (const specifier of reached) {
    const module = bySpecifier.get(redirects[specifier] ?? specifier);
    if (module?.npmPackage !== undefined) used.add(module.npmPackage);
    for (const { code } of module?.dependencies ?? []) {
      if (code?.specifier !== undefined) reached.add(code.specifier);
    }
  }
  for (const name of used) npmPackages[name]?.dependencies.forEach((dependency) => used.add(dependency));
  return [...used];
}

/** Yields the unused files of a folder; a folder that has no others by its own path, so that there are fewer arguments. */
async function unusedFiles(folder: string): Promise<readonly string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder), async ({ name, isDirectory }) => {
    const path = join(folder, name);
    if (isDirectory) return { path, unused: await unusedFiles(path) };
    return { path, unused: UNUSED_FILES.some((unused) => unused.test(path)) ? [path] : [] };
  });
  const isUnused = entries.every(({ path, unused }) => unused[0] === path);
  return isUnused ? [folder] : entries.flatMap(({ unused }) => unused);
}

/** Prints the flags for a list of services; `--server` leaves out the embedded database. */
async function main(args: readonly string[]): Promise<void> {
  const [file] = args.filter((arg) => !arg.startsWith("-"));
  const embedded = !args.includes("--server");
  const flags = await compileFlags({ embedded, ...(file !== undefined && { file }) });
  await Deno.stdout.write(new TextEncoder().encode(flags.join(" ")));
}

if (import.meta.main) await main(Deno.args);
