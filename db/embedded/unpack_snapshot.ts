import { parseTar } from "nanotar";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";

/** Data directory as created by initdb, packed by tools/embedded_snapshot.ts. */
export const snapshotFile: string = join(import.meta.dirname ?? ".", "snapshot.tar.br");

/** Name of the file in the snapshot that records its PGlite version. */
export const versionFile = "archway_pglite_version";

/**
 * Creates `directory` as a fresh data directory, completely or not at all. The files are written to a directory beside
 * it, which is renamed when all are on disk.
 */
export async function unpackSnapshot(directory: string): Promise<void> {
  const tar = await promisify(brotliDecompress)(await Deno.readFile(snapshotFile));
  const beside = `${directory}.${crypto.randomUUID()}`;
  try {
    await Deno.mkdir(beside, { mode: 0o700 });
    for (const { name, type, data } of parseTar(tar)) {
      const path = join(beside, name);
      if (type === "directory") Deno.mkdirSync(path, { mode: 0o700 });
      else Deno.writeFileSync(path, data ?? new Uint8Array(0), { mode: 0o600 });
    }
    await Deno.rename(beside, directory);
  } catch (error) {
    // On a full disk it would take what space is left.
    await Deno.remove(beside, { recursive: true }).catch(() => undefined);
    throw error;
  }
}
