import { join, resolve } from "node:path";
import { CommandError } from "@archway/service_kit/command.ts";
import type { ExportConfig } from "../export_config.ts";
import { openLocalStorage } from "./local_storage.ts";
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
  // An address may have a secret, so it never becomes the name of a folder.
  const isAddress = target.includes("://") || /^(?:s3|file):/i.test(target);
  if (!isAddress) return await openLocalStorage(join(resolve(target), name));
  if (/^file:/i.test(target)) throw new CommandError("--to must be the path of a directory, without file:");
  if (!/^s3:\/\//i.test(target)) throw new CommandError("--to must be a directory or s3://bucket/prefix");
  const { openS3Storage } = await import("./s3_storage.ts");
  return openS3Storage(target, { ...options, name, config: options.config.s3 });
}
