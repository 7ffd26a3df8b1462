import { resolve } from "node:path";
import { join } from "node:path";
import { CommandError } from "@archway/service_kit/command.ts";
import type { ExportConfig } from "../export_config.ts";
import { openLocalStorage } from "./local_storage.ts";
import type { ExportStorage } from "./storage.ts";

/** Options of {@link openStorage}. */
export interface OpenStorageOptions {
  /** Name of the data set, whose folder is opened. */
  readonly name: string;
  readonly config: Pick<ExportConfig, "s3">;
}

/**
 * Opens the folder of a data set at a target.
 *
 * @throws {CommandError} if that is not possible.
 */
export async function openStorage(
  target: string,
  { name, config }: OpenStorageOptions,
): Promise<ExportStorage> {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//.exec(target) ?? [];
  if (scheme === undefined) return await openLocalStorage(join(resolve(target), name));
  if (scheme !== "s3") throw new CommandError(`--to must be a directory or s3://bucket/prefix`);
  const { openS3Storage } = await import("./s3_storage.ts");
  return openS3Storage(target, { name, config: config.s3 });
}
