/**
 * Creates db/embedded/snapshot.tar.br, a prepared data directory. A first start unpacks it instead of running initdb
 * for seconds. Run it again after a change of PGlite's version: `deno run -A tools/embedded_snapshot.ts`.
 */
import { PGlite } from "@electric-sql/pglite";
import { createTar, type TarFileInput } from "nanotar";
import { join, relative } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { pgliteVersion } from "@archway/db/embedded/pglite_version.ts";
import { snapshotFile, versionFile } from "@archway/db/embedded/unpack_snapshot.ts";

/** Sorts text by code point, without a system locale. Upper and lower case work for every script. */
const initDbStartParams = [
  "--encoding=UTF8",
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
  "--locale=C",
  "--auth=trust",
  "--wal-segsize=1",
];

/** Limits memory, and the amount of WAL to replay after a crash. */
const settings = `
shared_buffers = 32MB
min_wal_size = 2MB
max_wal_size = 32MB
`;

if (import.meta.main) {
  const directory = await Deno.makeTempDir();
  const cluster = join(directory, "cluster");
  await open(cluster);
  await Deno.writeTextFile(join(cluster, "postgresql.conf"), settings, { append: true });
  // A second start applies the settings.
  await open(cluster);
  await Deno.writeTextFile(join(cluster, versionFile), `${pgliteVersion}\n`);
  const tar = createTar(await filesOf(cluster));
  const params = { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_QUALITY]: 11 };
  await Deno.writeFile(snapshotFile, brotliCompressSync(tar, { params }));
  await Deno.remove(directory, { recursive: true });
}

async function open(cluster: string): Promise<void> {
  await using database = await PGlite.create({ dataDir: cluster, initDbStartParams });
  await database.exec("CHECKPOINT");
}

async function filesOf(root: string, directory: string = root): Promise<TarFileInput[]> {
  const files: TarFileInput[] = [];
  const entries = await Array.fromAsync(Deno.readDir(directory));
  // Sorted by folder name, so that the nearly identical files of the three databases are adjacent for the compressor.
  entries.sort((left, right) => left.name < right.name ? -1 : 1);
  for (const entry of entries) {
    const path = join(directory, entry.name);
    const name = relative(root, path);
    if (entry.isDirectory) files.push({ name: `${name}/` }, ...await filesOf(root, path));
    else if (name !== "postmaster.pid") files.push({ name, data: await Deno.readFile(path) });
  }
  return files;
}
