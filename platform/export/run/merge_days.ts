import { CommandError } from "@archway/service_kit/command.ts";
import type { ExportColumn } from "@archway/service_kit/export_definition.ts";
import type { ManifestFile } from "../manifest/manifest.ts";
import { GROUP_ROWS } from "../parquet/parquet_file.ts";
import { MAX_BYTES } from "../parquet/partition_files.ts";
import { type ParquetContent, readParquet } from "../parquet/read_parquet.ts";
import { ManifestConflict } from "../storage/storage.ts";
import type { DataSetTarget } from "./data_set_target.ts";
import type { ExportOptions } from "./export_options.ts";

/** Number of small files of a past day from which on they are merged: those of late rows may remain. */
const MERGE_FILES = 5;

/** The same for the newest day, which grows: merging more often would write its rows again and again. */
const NEWEST_FILES = 100;

/** Size of a file that is large enough to remain. A smaller one is read as a whole. */
const LARGE_BYTES = MAX_BYTES / 2;

/**
 * Merges the small files of each day of a stream, so that one that is exported often has no more files than one that is
 * exported rarely. A day is a manifest of its own, with the same rows as before; the earlier files remain for a time, for
 * readers with an earlier manifest.
 */
export async function mergeDays(
  target: DataSetTarget,
  { storage, signal, mergeFiles = MERGE_FILES }: Pick<ExportOptions, "storage" | "signal" | "mergeFiles">,
): Promise<void> {
  for (const { day, merged } of smallFiles(target.manifest.files, mergeFiles)) {
    const columns = await commonColumns(merged, { storage, signal });
    // Its files are read one by one, as they are.
    if (columns === undefined) continue;
    await using files = target.newFiles(columns);
    for (const file of merged) {
      const content = await contentOf(storage, file);
      for await (const rows of content.groups()) {
        signal?.throwIfAborted();
        for (const row of rows) await files.addEncoded(day, row);
      }
    }
    const written = await files.close();
    const { files: listed, stream } = target.manifest;
    try {
      await target.commit({
        files: [...listed.filter((file) => !merged.includes(file)), ...written],
        ...(stream !== undefined && { stream }),
        merged,
      });
    } catch (error) {
      // Another export adds or merges at the same time; a later one merges what is left.
      if (error instanceof ManifestConflict) return;
      throw error;
    }
  }
}

interface SmallFiles {
  readonly day: string;
  readonly merged: readonly ManifestFile[];
}

/** Returns the days with too many small files. */
function smallFiles(files: readonly ManifestFile[], mergeFiles: number): readonly SmallFiles[] {
  const days = Map.groupBy(files.filter(({ bytes }) => bytes < LARGE_BYTES), ({ day }) => day);
  const newest = files.reduce((last, { day }) => day > last ? day : last, "");
  return [...days].map(([day, merged]) => ({ day, merged }))
    .filter(({ day, merged }) => merged.length >= (day === newest ? NEWEST_FILES : mergeFiles));
}

/** Returns the columns of all files; undefined if one has several types or scales, as after a change of the program. */
async function commonColumns(
  files: readonly ManifestFile[],
  { storage, signal }: Pick<ExportOptions, "storage" | "signal">,
): Promise<Readonly<Record<string, ExportColumn>> | undefined> {
  const common = new Map<string, ExportColumn>();
  for (const file of files) {
    signal?.throwIfAborted();
    for (const [name, column] of Object.entries((await contentOf(storage, file)).columns)) {
      const { type, scale } = common.get(name) ?? column;
      if (type !== column.type || scale !== column.scale) return undefined;
      common.set(name, column);
    }
  }
  return Object.fromEntries(common);
}

/** @throws {CommandError} if a file is another one, whose rows could take any amount of memory: some bytes can be millions. */
async function contentOf(
  storage: ExportOptions["storage"],
  { path, rows }: ManifestFile,
): Promise<ParquetContent> {
  const content = readParquet(await storage.readFile(path));
  if (content.rows === rows && content.largestGroup <= GROUP_ROWS) return content;
  throw new CommandError(`${path} is not the file that the manifest lists; export all with --full`);
}
