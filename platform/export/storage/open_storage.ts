import { join, resolve } from "node:path";
import { CommandError } from "@archway/service_kit/command.ts";
import type { ExportDefinition } from "@archway/service_kit/export_definition.ts";
import type { ExportConfig } from "../export_config.ts";
import { parseManifest } from "../manifest/parse_manifest.ts";
import { checkLocalFolder, openLocalStorage, readLocalManifest } from "./local_storage.ts";
import type { ExportStorage } from "./storage.ts";

/** Options of {@link openStorage}. */
export interface OpenStorageOptions {
  /** Name of the data set, whose folder is opened. */
  readonly name: string;
  readonly config: Pick<ExportConfig, "s3">;
  /** Aborts requests to an object store, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Opens the folder of a data set at a target.
 *
 * @throws {CommandError} if that is not possible.
 */
export async function openStorage(
  target: string,
  { name, ...options }: OpenStorageOptions,
): Promise<ExportStorage> {
  if (!isAddress(target)) return await openLocalStorage(folderOf(target, name));
  if (/^file:/i.test(target)) throw new CommandError("--to must be the path of a directory, without file:");
  if (!/^s3:\/\//i.test(target)) throw new CommandError("--to must be a directory or s3://bucket/prefix");
  const { openS3Storage } = await import("./s3_storage.ts");
  return openS3Storage(target, { ...options, name, config: options.config.s3 });
}

/**
 * Creates a target that is a directory, and checks that it can be written. An address is not checked.
 *
 * @throws {CommandError} if it cannot be written.
 */
export async function checkTarget(target: string): Promise<void> {
  if (!isAddress(target)) await checkLocalFolder(resolve(target));
}

/** Options of {@link readCompletion}. */
export interface ReadCompletionOptions extends Omit<OpenStorageOptions, "name"> {
  readonly definition: ExportDefinition;
}

/**
 * Returns the end of the last export of a data set to a target, in UTC; undefined if there was none. An export in progress
 * is not disturbed.
 *
 * @throws {CommandError} if the target has something else, or cannot be read.
 */
export async function readCompletion(
  target: string,
  { definition, ...options }: ReadCompletionOptions,
): Promise<string | undefined> {
  const { name } = definition;
  const stored = isAddress(target)
    ? await (await openStorage(target, { ...options, name })).readManifest()
    : await readLocalManifest(folderOf(target, name), options);
  return stored && parseManifest(stored.text, definition).completedAt;
}

/** Whether a target is an address, which may have a secret, so that it never becomes the name of a folder. */
function isAddress(target: string): boolean {
  return target.includes("://") || /^(?:s3|file):/i.test(target);
}

function folderOf(target: string, name: string): string {
  return join(resolve(target), name);
}
