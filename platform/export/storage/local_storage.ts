import { dirname, join } from "node:path";
import { FileError, type LimitedFileOptions, readLimitedFile } from "@archway/server/limited_file.ts";
import { CommandError } from "@archway/service_kit/command.ts";
import { MANIFEST_FILE, MAX_MANIFEST_BYTES } from "../manifest/manifest.ts";
import { type FileOperations, SYSTEM_FILES } from "./file_operations.ts";
import type { ExportStorage, FileSink, StoredManifest } from "./storage.ts";

/** Extension of files that are not complete. */
const UNFINISHED = ".tmp";

/**
 * Opens the folder of a data set on this machine, and locks it until it is disposed or the process ends.
 *
 * @throws {CommandError} if another export has it open, or it cannot be written.
 */
export async function openLocalStorage(folder: string, files = SYSTEM_FILES): Promise<ExportStorage> {
  try {
    await files.makeFolder(folder);
    await files.syncFolder(dirname(folder));
    const lock = await openLock(join(folder, ".lock"));
    if (await acquire(lock)) return new LocalStorage(folder, { lock, files });
    lock.close();
  } catch (cause) {
    throw unwritable(folder, cause);
  }
  throw new CommandError(`Another export to ${folder} is in progress; wait for its end`);
}

/**
 * Creates a folder, and a file in it that is removed at once.
 *
 * @throws {CommandError} if that is not possible.
 */
export async function checkLocalFolder(folder: string): Promise<void> {
  const path = join(folder, `.check-${crypto.randomUUID()}`);
  try {
    await SYSTEM_FILES.makeFolder(folder);
    (await SYSTEM_FILES.create(path)).close();
    await SYSTEM_FILES.remove(path);
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

function unwritable(folder: string, cause: unknown): CommandError {
  const reason = cause instanceof Deno.errors.NotCapable
    ? "the program's permissions exclude it, as they do /dev, /proc and /sys"
    : cause instanceof Error
    ? cause.message
    : "unknown error";
  return new CommandError(`${folder} cannot be written: ${reason}`, { cause });
}

/** Opens the lock, which is no link to a file elsewhere, and no pipe, whose opening would wait. */
async function openLock(path: string): Promise<Deno.FsFile> {
  const info = await Deno.lstat(path).catch(undefinedIfMissing);
  if (info?.isFile === false) throw new FileError(".lock is not a regular file");
  return await Deno.open(path, { create: true, write: true, mode: 0o640 });
}

function undefinedIfMissing(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

/** File with `tryLock`, which Deno has since 2.7. */
interface Lockable extends Pick<Deno.FsFile, "lock"> {
  tryLock?(exclusive: boolean): Promise<boolean>;
}

/** Maximum wait in milliseconds where the runtime only has a blocking lock. */
const LOCK_MS = 500;

async function acquire(file: Lockable): Promise<boolean> {
  if (file.tryLock !== undefined) return await file.tryLock(true);
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), LOCK_MS);
  const locked = await Promise.race([file.lock(true).then(() => true), late.promise]);
  clearTimeout(timer);
  return locked;
}

/**
 * Reads the manifest in a folder, also while an export has that open. Returns undefined if there is none yet.
 *
 * @throws {CommandError} if it is a pipe, a device or the like, which might never end, or too large.
 */
export async function readLocalManifest(
  folder: string,
  options?: LimitedFileOptions,
): Promise<StoredManifest | undefined> {
  const path = join(folder, MANIFEST_FILE);
  try {
    return { text: await readLimitedFile(path, MAX_MANIFEST_BYTES, options) };
  } catch (error) {
    if (error instanceof FileError) throw new CommandError(`${path} ${error.message}`, { cause: error });
    return undefinedIfMissing(error);
  }
}

class LocalStorage implements ExportStorage {
  readonly #folder: string;
  readonly #lock: Disposable;
  readonly #files: FileOperations;
  readonly isExclusive = true;

  constructor(
    folder: string,
    { lock, files }: { readonly lock: Disposable; readonly files: FileOperations },
  ) {
    this.#folder = folder;
    this.#lock = lock;
    this.#files = files;
  }

  readManifest(): Promise<StoredManifest | undefined> {
    return readLocalManifest(this.#folder);
  }

  async replaceManifest(text: string): Promise<StoredManifest> {
    const sink = await this.createFile(MANIFEST_FILE);
    await sink.write(new TextEncoder().encode(text));
    await sink.close();
    return { text };
  }

  async createFile(path: string): Promise<FileSink> {
    const [final, files] = [join(this.#folder, path), this.#files];
    const [folder, unfinished] = [dirname(final), final + UNFINISHED];
    if (folder !== this.#folder) {
      await files.makeFolder(folder);
      await requireFolder(folder);
      await files.syncFolder(this.#folder);
    }
    const file = await files.create(unfinished);
    return {
      write: (bytes) => file.write(bytes),
      async close(): Promise<void> {
        try {
          await file.sync();
        } finally {
          file.close();
        }
        await files.rename(unfinished, final);
        await files.syncFolder(folder);
      },
      async abort(): Promise<void> {
        try {
          file.close();
        } catch {
          // It failed while it was being closed.
        }
        await files.remove(unfinished).catch(() => undefined);
      },
    };
  }

  async readFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
    const file = join(this.#folder, path);
    await requireFolder(dirname(file));
    if (!(await Deno.lstat(file)).isFile) throw new CommandError(`${file} is not a regular file`);
    return await Deno.readFile(file);
  }

  async list(): Promise<readonly string[]> {
    const paths: string[] = [];
    for await (const { name, isDirectory } of Deno.readDir(this.#folder)) {
      if (!isDirectory || !name.startsWith("day=")) continue;
      for await (const file of Deno.readDir(join(this.#folder, name))) paths.push(`${name}/${file.name}`);
    }
    return paths;
  }

  async remove(path: string): Promise<void> {
    await this.#files.remove(join(this.#folder, path));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#lock[Symbol.dispose]();
    return Promise.resolve();
  }
}

/** @throws {CommandError} if the folder of a day is a link, which would lead elsewhere. */
async function requireFolder(path: string): Promise<void> {
  if (!(await Deno.lstat(path)).isDirectory) {
    throw new CommandError(`${path} is not a directory of its own, as links are not followed; remove it`);
  }
}
