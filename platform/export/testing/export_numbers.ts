import { exportDataSet } from "../run/export_data_set.ts";
import type { ExportOptions, ExportSummary } from "../run/export_options.ts";
import { parquetReadObjects } from "hyparquet";
import type { Manifest } from "../manifest/manifest.ts";
import type { ExportStorage } from "../storage/storage.ts";
import { NO_DATABASE, numberStream, type NumberStreamOptions } from "./number_stream.ts";

type Changes =
  & NumberStreamOptions
  & Partial<Pick<ExportOptions, "full" | "commitRows" | "onProgress" | "mergeFiles" | "nowMs">>;

/** Exports the stream of numbers. */
export async function exportNumbers(
  storage: ExportStorage,
  { full, commitRows, onProgress, mergeFiles, nowMs, ...stream }: Changes,
): Promise<ExportSummary> {
  return await exportDataSet(numberStream(stream), {
    ...{ storage, connections: NO_DATABASE, catalogs: [], batchRows: 100, onProgress },
    ...(full !== undefined && { full }),
    ...(commitRows !== undefined && { commitRows }),
    ...(mergeFiles !== undefined && { mergeFiles }),
    ...(nowMs !== undefined && { nowMs }),
  });
}

/** Returns the positions in the files that a manifest lists, in ascending order. */
export async function numbersIn(
  manifest: string,
  read: (path: string) => Promise<Uint8Array>,
): Promise<readonly number[]> {
  const { files }: Manifest = JSON.parse(manifest);
  const rows = await Promise.all(
    files.map(async ({ path }) =>
      await parquetReadObjects({ file: new Uint8Array(await read(path)).buffer })
    ),
  );
  return rows.flat().map(({ position }) => Number(position)).toSorted((one, other) => one - other);
}

/** Returns the odd numbers up to one. */
export function odd(last: number): readonly number[] {
  return Array.from({ length: Math.ceil(last / 2) }, (_, index) => 2 * index + 1);
}
