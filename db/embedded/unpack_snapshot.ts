import { parseTar } from "nanotar";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";

/** A data directory as initdb makes it, packed by tools/embedded_snapshot.ts. */
export const snapshotFile: string = join(import.meta.dirname ?? ".", "snapshot.tar.br");

/** The file in the snapshot that names the version of PGlite it was made with. */
export const versionFile = "archway_pglite_version";

/**
 * Fills `directory`, which does not exist yet, with a fresh data directory. It appears complete or not at all: the
 * files are written beside it, and the folder is renamed when all are on the disk.
 */
export async function unpackSnapshot(directory: string): Promise<void> {
  const tar = await promisify(brotliDecompress)(await Deno.readFile(snapshotFile));
  const beside = `${directory}.${crypto.randomUUID()}`;
  await Deno.mkdir(beside, { mode: 0o700 });
  for (const { name, type, data } of parseTar(tar)) {
    const path = join(beside, name);
    if (type === "directory") Deno.mkdirSync(path, { mode: 0o700 });
    else Deno.writeFileSync(path, data ?? new Uint8Array(0), { mode: 0o600 });
  }
  await Deno.rename(beside, directory);
}
