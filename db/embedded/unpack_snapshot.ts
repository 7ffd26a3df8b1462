import { parseTar } from "nanotar";
import { join } from "node:path";
import { createBrotliDecompress } from "node:zlib";
import { concatBytes } from "./concat_bytes.ts";

/** Data directory as created by initdb, packed by tools/embedded_snapshot.ts. */
export const snapshotFile: string = join(import.meta.dirname ?? ".", "snapshot.tar.br");

/** Name of the file in the snapshot that records its PGlite version. */
export const versionFile = "archway_pglite_version";

/**
 * Creates `directory` as a fresh data directory, completely or not at all. The files are written to a directory beside
 * it, which is renamed when all are on disk.
 */
export async function unpackSnapshot(directory: string): Promise<void> {
  const beside = `${directory}.${crypto.randomUUID()}`;
  try {
    await Deno.mkdir(beside, { mode: 0o700 });
    for await (const entry of readEntries()) {
      for (const { name, type, data } of parseTar(entry)) {
        const path = join(beside, name);
        if (type === "directory") Deno.mkdirSync(path, { mode: 0o700 });
        else Deno.writeFileSync(path, data ?? new Uint8Array(0), { mode: 0o600 });
      }
    }
    await Deno.rename(beside, directory);
  } catch (error) {
    // On a full disk it would take what space is left.
    await Deno.remove(beside, { recursive: true }).catch(() => undefined);
    throw error;
  }
}

/** Size of a block of an archive, and of the header before each file. */
const blockSize = 512;

/** Position of a file's size in its header, in octal digits. */
const sizeField = [124, 136] as const;

/**
 * Returns the entries of the archive as archives of their own. All of it at once would be 30 MB, twice while it is
 * decompressed, most of which the process would keep.
 */
async function* readEntries(): AsyncIterable<Uint8Array> {
  const decompressed = createBrotliDecompress({ chunkSize: 256 * 1024 });
  decompressed.end(await Deno.readFile(snapshotFile));
  let unread: Uint8Array = new Uint8Array(0);
  for await (const chunk of decompressed) {
    unread = concatBytes([unread, chunk]);
    let start = 0;
    while (start + blockSize <= unread.length) {
      const digits = new TextDecoder().decode(unread.subarray(start + sizeField[0], start + sizeField[1]));
      // Empty in the blocks at the end.
      const size = Number.parseInt(digits, 8) || 0;
      const end = start + blockSize * (1 + Math.ceil(size / blockSize));
      if (end > unread.length) break;
      yield concatBytes([unread.subarray(start, end), new Uint8Array(blockSize)]);
      start = end;
    }
    unread = unread.slice(start);
  }
}
