/** Maximum size of a file with a secret, in bytes. */
export const MAX_SECRET_BYTES = 64 * 1024;

/** Maximum size of a file with keys or certificates, in bytes. */
export const MAX_PEM_BYTES = 1024 * 1024;

/** Options of {@link readLimitedFile}. */
export interface LimitedFileOptions {
  /** Ends the reading. */
  readonly signal?: AbortSignal | undefined;
}

/** Refusal to read a file. The message continues a sentence whose subject is the file, and does not contain its path. */
export class FileError extends Error {
  override readonly name = "FileError";
}

/**
 * Returns the text of a regular file, or of the one that a symbolic link leads to. A device or a pipe, which may never
 * end, is not opened. The limit is on the bytes read: files of /proc have none according to their size.
 *
 * @throws {FileError} if the path is not that of a regular file, or the file is larger than `maxBytes`.
 * @throws {Error} that of the platform if the file cannot be read.
 */
export async function readLimitedFile(
  path: string,
  maxBytes: number,
  { signal }: LimitedFileOptions = {},
): Promise<string> {
  const { size } = requireFile(await Deno.stat(path));
  const content = new Content(maxBytes, size);
  using file = await Deno.open(path);
  requireFile(await file.stat());
  do signal?.throwIfAborted(); while (content.add(await file.read(content.free)));
  return content.text();
}

/** Does what {@link readLimitedFile} does, for the configuration, which is read before anything else runs. */
export function readLimitedFileSync(path: string, maxBytes: number): string {
  const { size } = requireFile(Deno.statSync(path));
  const content = new Content(maxBytes, size);
  using file = Deno.openSync(path);
  requireFile(file.statSync());
  while (content.add(file.readSync(content.free)));
  return content.text();
}

function requireFile(info: Deno.FileInfo): Deno.FileInfo {
  if (!info.isFile) throw new FileError("is not a regular file");
  return info;
}

/** Size of the first buffer of a file that has no size, as in /proc. */
const INITIAL_BYTES = 4096;

/** Bytes of a file, with room for one more than the limit, which shows that it is exceeded. */
class Content {
  readonly #maxBytes: number;
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  /** @throws {FileError} if the size exceeds the limit. */
  constructor(maxBytes: number, size: number) {
    this.#maxBytes = maxBytes;
    this.#requireAtMost(size);
    this.#bytes = new Uint8Array(Math.min(maxBytes, Math.max(size, INITIAL_BYTES)) + 1);
  }

  /** Room for more bytes; empty beyond the limit. */
  get free(): Uint8Array<ArrayBuffer> {
    if (this.#length === this.#bytes.length && this.#length <= this.#maxBytes) {
      const larger = new Uint8Array(Math.min(2 * this.#length, this.#maxBytes + 1));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return this.#bytes.subarray(this.#length);
  }

  /** Counts bytes read into `free`; null is the end. Returns whether to read on. */
  add(count: number | null): boolean {
    this.#length += count ?? 0;
    return count !== null && this.free.length > 0;
  }

  /** @throws {FileError} if the limit is exceeded. */
  text(): string {
    this.#requireAtMost(this.#length);
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.#bytes.subarray(0, this.#length));
  }

  #requireAtMost(bytes: number): void {
    if (bytes > this.#maxBytes) throw new FileError(`is larger than ${formatLimit(this.#maxBytes)}`);
  }
}

function formatLimit(bytes: number): string {
  return bytes < MAX_PEM_BYTES ? `${bytes / 1024} KiB` : `${bytes / 1024 / 1024} MiB`;
}
