import { dirname, join } from "node:path";
import { CommandError } from "@archway/service_kit/command.ts";
import { MANIFEST_FILE } from "../manifest/manifest.ts";
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
    const lock = await Deno.open(join(folder, ".lock"), { create: true, write: true, mode: 0o640 });
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

/** Reads the manifest in a folder, also while an export has that open. Returns undefined if there is none yet. */
export async function readLocalManifest(folder: string): Promise<StoredManifest | undefined> {
  try {
    return { text: await Deno.readTextFile(join(folder, MANIFEST_FILE)) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
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

  readFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
    return Deno.readFile(join(this.#folder, path));
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
