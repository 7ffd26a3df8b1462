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
  const content = new Content(maxBytes);
  requireFile(await Deno.stat(path));
  using file = await Deno.open(path);
  do signal?.throwIfAborted(); while (content.add(await file.read(content.free)));
  return content.text();
}

/** Does what {@link readLimitedFile} does, for the configuration, which is read before anything else runs. */
export function readLimitedFileSync(path: string, maxBytes: number): string {
  const content = new Content(maxBytes);
  requireFile(Deno.statSync(path));
  using file = Deno.openSync(path);
  while (content.add(file.readSync(content.free)));
  return content.text();
}

function requireFile({ isFile }: Deno.FileInfo): void {
  if (!isFile) throw new FileError("is not a regular file");
}

/** Bytes of a file, with room for one more than the limit, which shows that it is exceeded. */
class Content {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(maxBytes: number) {
    this.#bytes = new Uint8Array(maxBytes + 1);
  }

  get free(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(this.#length);
  }

  /** Counts bytes read into `free`; null is the end. Returns whether to read on. */
  add(count: number | null): boolean {
    this.#length += count ?? 0;
    return count !== null && this.free.length > 0;
  }

  /** @throws {FileError} if the limit is exceeded. */
  text(): string {
    const maxBytes = this.#bytes.length - 1;
    if (this.#length > maxBytes) throw new FileError(`is larger than ${formatLimit(maxBytes)}`);
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.#bytes.subarray(0, this.#length));
  }
}

function formatLimit(bytes: number): string {
  return bytes < MAX_PEM_BYTES ? `${bytes / 1024} KiB` : `${bytes / 1024 / 1024} MiB`;
}
