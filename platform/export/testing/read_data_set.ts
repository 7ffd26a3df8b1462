import { join } from "node:path";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import type { Manifest } from "../manifest/manifest.ts";

/** Row as a reader of Parquet gets it. */
export type ReadRow = Readonly<Record<string, unknown>>;

/** Reads the manifest in a folder. */
export async function readManifest(folder: string): Promise<Manifest> {
  const manifest: Manifest = JSON.parse(await Deno.readTextFile(join(folder, "manifest.json")));
  return manifest;
}

/** Reads all rows of a data set, in the order of the manifest. */
export async function readDataSet(folder: string): Promise<readonly ReadRow[]> {
  const rows: ReadRow[] = [];
  for (const { path, rows: count, bytes } of (await readManifest(folder)).files) {
    const file = await asyncBufferFromFile(join(folder, path));
    if (file.byteLength !== bytes) {
      throw new Error(`${path} has ${file.byteLength} bytes instead of ${bytes}`);
    }
    const read = await parquetReadObjects({ file });
    if (read.length !== count) throw new Error(`${path} has ${read.length} rows instead of ${count}`);
    for (const row of read) rows.push(row);
  }
  return rows;
}

/** Returns the paths of all files in the folder of a data set, except the lock. */
export async function filesIn(folder: string): Promise<readonly string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (!isDirectory) paths.push(name);
    else for await (const file of Deno.readDir(join(folder, name))) paths.push(`${name}/${file.name}`);
  }
  return paths.filter((path) => path !== ".lock").toSorted();
}
