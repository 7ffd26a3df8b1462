import { join } from "node:path";
import { concatBytes } from "./concat_bytes.ts";

/** Data directory as created by initdb, packed by tools/embedded_snapshot.ts. */
export const snapshotFile: string = join(import.meta.dirname ?? ".", "snapshot.tar.br");

/** Name of the file in the snapshot that records its PGlite version. */
export const versionFile = "archway_pglite_version";

/** Size of a block of an archive: a header, or a part of a file that is filled up with zeros. */
const blockSize = 512;

/**
 * Creates `directory` as a fresh data directory, completely or not at all. The files are written to a directory beside
 * it, which is renamed when all are on disk.
 */
export async function unpackSnapshot(directory: string): Promise<void> {
  const beside = `${directory}.${crypto.randomUUID()}`;
  try {
    await Deno.mkdir(beside, { mode: 0o700 });
    await unpackInto(beside);
    await Deno.rename(beside, directory);
  } catch (error) {
    // On a full disk it would take what space is left.
    await Deno.remove(beside, { recursive: true }).catch(() => undefined);
    throw error;
  }
}

/** Writes the files as they are decompressed. Memory for all 30 MB would remain with the process. */
async function unpackInto(directory: string): Promise<void> {
  // Loaded here, as programs with a server import this file too.
  const { createBrotliDecompress } = await import("node:zlib");
  const decompressed = createBrotliDecompress({ chunkSize: 128 * 1024 });
  decompressed.end(await Deno.readFile(snapshotFile));
  let rest: Uint8Array = new Uint8Array(0);
  let file: { readonly target: Deno.FsFile; missing: number } | undefined;
  try {
    for await (const chunk of decompressed) {
      const bytes = rest.length === 0 ? chunk : concatBytes([rest, chunk]);
      let start = 0;
      while (start + blockSize <= bytes.length) {
        if (file === undefined) {
          file = createEntry(directory, bytes.subarray(start, start + blockSize));
          start += blockSize;
          continue;
        }
        const blocks = Math.min(
          Math.ceil(file.missing / blockSize),
          Math.floor((bytes.length - start) / blockSize),
        );
        const written = Math.min(file.missing, blocks * blockSize);
        writeAll(file.target, bytes.subarray(start, start + written));
        start += blocks * blockSize;
        file.missing -= written;
        if (file.missing > 0) continue;
        file.target.close();
        file = undefined;
      }
      rest = bytes.slice(start);
    }
  } finally {
    file?.target.close();
  }
}

/** Creates the directory or file of a header. Returns a file that has contents, with their size. */
function createEntry(
  directory: string,
  header: Uint8Array,
): { readonly target: Deno.FsFile; missing: number } | undefined {
  const name = field(header, { at: 0, length: 100 });
  const path = join(directory, name);
  const missing = Number.parseInt(field(header, { at: 124, length: 12 }), 8);
  // The end of the archive is blocks of zeros.
  if (name === "") return undefined;
  if (name.endsWith("/")) {
    Deno.mkdirSync(path, { mode: 0o700 });
    return undefined;
  }
  const target = Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
  if (missing > 0) return { target, missing };
  target.close();
  return undefined;
}

function field(header: Uint8Array, { at, length }: { readonly at: number; readonly length: number }): string {
  return new TextDecoder().decode(header.subarray(at, at + length)).replace(/\0.*$/s, "");
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
}
