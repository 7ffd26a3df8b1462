import { basename, dirname, join, relative, resolve } from "node:path";
import { readLimitedFile } from "@archway/server/limited_file.ts";
import { parseConfig } from "./config/config.ts";
import type { ConfigEntry } from "./config/config_reader.ts";
import type { OverlaySource } from "./document/overlays/read_overlay.ts";
import { diskFolder, MAX_DOCUMENT_BYTES } from "./document/sources/document_folder.ts";
import { type Diagnostic, GenerationError, type Place } from "./diagnostics/diagnostics.ts";
import { generateFiles } from "./generate_files.ts";

/** Output of one configuration: a folder and the texts of its files by name. */
export interface Generated {
  /** Absolute path of the folder. */
  readonly folder: string;
  readonly files: ReadonlyMap<string, string>;
  /** The TypeScript client, in a folder of its own; undefined if the configuration wants none. */
  readonly client: Pick<Generated, "folder" | "files"> | undefined;
  /** Number of operations; undefined for clients and what they share. */
  readonly operations: number | undefined;
  /** Place in the configuration that names the folder; undefined for clients and what they share. */
  readonly place: Place | undefined;
  readonly warnings: readonly Diagnostic[];
}

/**
 * Generates the output of a `cfg.server.<name>.yaml` in memory. The text depends only on the configuration, the
 * document and the files it references, not on the machine, the working directory or the time.
 *
 * @param configPath path of the configuration
 * @throws {GenerationError} with all diagnostics of the configuration, or of the document
 */
export async function generate(configPath: string): Promise<Generated> {
  const config = parseConfig(await readText(configPath), displayPath(configPath));
  const specPath = resolve(dirname(configPath), config.spec);
  const folder = resolve(dirname(configPath), config.output.text);
  const [, name] = /^cfg\.server\.([\w-]+)\.yaml$/.exec(basename(configPath)) ?? [];
  const { client, ...generated } = await generateFiles(await readText(specPath), {
    ...config,
    file: displayPath(specPath),
    overlays: await Promise.all(config.overlays.map((overlay) => readOverlayFile(overlay, configPath))),
    clientName: config.client ? name : undefined,
    folder: diskFolder(dirname(specPath), ROOT),
  });
  return {
    ...generated,
    folder,
    place: config.output.place,
    client: client && { folder: join(clientsFolder(folder), name ?? ""), files: client },
  };
}

/** Returns the folder of the TypeScript clients beside an output folder. */
function clientsFolder(folder: string): string {
  return join(dirname(folder), "clients/typescript");
}

async function readOverlayFile({ text, place }: ConfigEntry, configPath: string): Promise<OverlaySource> {
  const path = resolve(dirname(configPath), text);
  try {
    return { file: displayPath(path), text: await readLimitedFile(path, MAX_DOCUMENT_BYTES) };
  } catch (cause) {
    const at = place ?? { file: displayPath(configPath), at: "/overlays" };
    throw new GenerationError([{ ...at, message: "The overlay cannot be read; correct its path" }], {
      cause,
    });
  }
}

const ROOT = resolve(import.meta.dirname ?? ".", "../..");

/** Returns a path relative to the project's root, with slashes, for messages and generated files. */
function displayPath(path: string): string {
  return relative(ROOT, resolve(path)).replaceAll("\\", "/");
}

async function readText(path: string): Promise<string> {
  try {
    return await readLimitedFile(path, MAX_DOCUMENT_BYTES);
  } catch (cause) {
    throw new GenerationError([{ file: displayPath(path), at: "", message: "The file cannot be read" }], {
      cause,
    });
  }
}
