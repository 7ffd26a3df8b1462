import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { runtimeFiles } from "./client/runtime_files.ts";
import { type Diagnostic, GenerationError } from "./diagnostics/diagnostics.ts";
import { generate, type Generated } from "./generate.ts";

/** Options for the generation of all configurations. */
export interface GenerateAllOptions {
  /** Whether the generated files may be written to a folder. @default every folder */
  readonly mayWrite?: (folder: string) => boolean;
}

/**
 * Generates the output of all `cfg.server.<name>.yaml` in the folders, in the order of their names, then their clients
 * and what clients share.
 *
 * @throws {GenerationError} with the diagnostics of all of them, also if two write to the same folder
 */
export async function generateAll(
  folders: readonly string[],
  { mayWrite = (): boolean => true }: GenerateAllOptions = {},
): Promise<readonly Generated[]> {
  const paths = (await Promise.all(folders.map(configurationsIn))).flat();
  const results = await Promise.allSettled(paths.map(generate));
  const generated: Generated[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const [index, result] of results.entries()) {
    if (result.status === "rejected") {
      if (!(result.reason instanceof GenerationError)) throw result.reason;
      diagnostics.push(...result.reason.diagnostics);
    } else if (generated.some((other) => other.folder === result.value.folder)) {
      diagnostics.push({
        ...result.value.place ?? { file: basename(paths[index] ?? ""), at: "/output" },
        message: "Another configuration writes to this folder; choose a different one",
      });
    } else if ([result.value, result.value.client].some((output) => output && !mayWrite(output.folder))) {
      diagnostics.push({
        ...result.value.place ?? { file: basename(paths[index] ?? ""), at: "/output" },
        message: "The output must be a folder below api/, which gen may write, such as ../api/petapi",
      });
    } else {
      generated.push(result.value);
    }
  }
  if (diagnostics.length > 0) throw new GenerationError(diagnostics);
  const clients = generated.flatMap(({ client }) => client === undefined ? [] : [client]);
  const outputs = [...clients, ...await runtimesOf(clients)];
  return [
    ...generated,
    ...outputs.map((output) => ({
      ...output,
      ...{ client: undefined, operations: undefined, place: undefined, warnings: [] },
    })),
  ];
}

/** Returns what the clients in each folder of clients share. */
export async function runtimesOf(
  clients: readonly Pick<Generated, "folder">[],
): Promise<readonly Pick<Generated, "folder" | "files">[]> {
  const folders = new Set(clients.map(({ folder }) => join(dirname(folder), "runtime")));
  const files = folders.size === 0 ? new Map<string, string>() : await runtimeFiles();
  return [...folders].map((folder) => ({ folder, files }));
}

/** Returns the paths of the configurations in a folder, by name. None if the folder does not exist. */
export async function configurationsIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: unknown): string[] => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  });
  return names.filter((name) => /^cfg\.server\.[\w-]+\.yaml$/.test(name)).sort()
    .map((name) => join(folder, name));
}
