/**
 * Makes db/embedded/snapshot.tar.br, the data directory that a first start unpacks instead of running initdb for
 * seconds. To be run again whenever the version of PGlite changes: `deno run -A tools/embedded_snapshot.ts`.
 */
import { PGlite } from "@electric-sql/pglite";
import { createTar, type TarFileInput } from "nanotar";
import { join, relative } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { pgliteVersion } from "@archway/db/embedded/pglite_version.ts";
import { snapshotFile, versionFile } from "@archway/db/embedded/unpack_snapshot.ts";

/** Text sorts by code point and has upper and lower case for every script, without a locale of the system. */
const initDbStartParams = [
  "--encoding=UTF8",
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
  "--locale=C",
  "--auth=trust",
  "--wal-segsize=1",
];

/** Little memory, and little to replay after a crash. */
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
  // A second time, for what the settings change.
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
  // The three databases hold nearly the same files: side by side by name of folder, the compressor sees it.
  entries.sort((left, right) => left.name < right.name ? -1 : 1);
  for (const entry of entries) {
    const path = join(directory, entry.name);
    const name = relative(root, path);
    if (entry.isDirectory) files.push({ name: `${name}/` }, ...await filesOf(root, path));
    else if (name !== "postmaster.pid") files.push({ name, data: await Deno.readFile(path) });
  }
  return files;
}
