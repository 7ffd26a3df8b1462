import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { exportDataSet } from "../run/export_data_set.ts";
import type { ExportOptions, ExportSummary } from "../run/export_options.ts";
import { openLocalStorage } from "../storage/local_storage.ts";
import { NO_DATABASE, numberStream, type NumberStreamOptions } from "./number_stream.ts";
import { filesIn, readDataSet, readManifest } from "./read_data_set.ts";

type Changes =
  & NumberStreamOptions
  & Partial<Pick<ExportOptions, "full" | "signal" | "commitRows" | "onProgress" | "mergeFiles" | "nowMs">>;

/** Exports the stream of numbers to a folder. */
export async function run(
  folder: string,
  { full, signal, commitRows, onProgress, mergeFiles, nowMs, ...stream }: Changes,
): Promise<ExportSummary> {
  await using storage = await openLocalStorage(folder);
  return await exportDataSet(numberStream(stream), {
    ...{ storage, connections: NO_DATABASE, catalogs: [], batchRows: 100 },
    ...(full !== undefined && { full }),
    ...(commitRows !== undefined && { commitRows }),
    ...(mergeFiles !== undefined && { mergeFiles }),
    ...(nowMs !== undefined && { nowMs }),
    ...{ signal, onProgress },
  });
}

/** Runs a test with the path of a folder that does not exist yet. */
export async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "archway_export_" });
  try {
    await test(join(folder, "numbers"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Asserts that the rows are exactly the odd positions up to one. */
export async function assertRows(folder: string, last: bigint): Promise<void> {
  const rows = await readDataSet(folder);
  const expected = Array.from({ length: Number((last + 1n) / 2n) }, (_, index) => BigInt(2 * index + 1));
  const positions = rows.map(({ position }) => BigInt(String(position)));
  assertEquals(positions.toSorted((one, other) => Number(one - other)), expected);
  const listed = (await readManifest(folder)).files.map(({ path }) => path);
  assertEquals(await filesIn(folder), [...listed, "manifest.json"].toSorted());
}
