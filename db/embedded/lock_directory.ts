import { join } from "node:path";
import { withDirectoryErrors } from "./directory_errors.ts";
import { DirectoryInUseError } from "./embedded_error.ts";

/** Maximum wait in milliseconds where the runtime only has a blocking lock. */
const timeoutMs = 500;

/**
 * Locks the directory for this process. The system releases the lock when the process ends, even after a crash.
 *
 * @throws {DirectoryInUseError} when another process holds the lock.
 */
export async function lockDirectory(directory: string): Promise<Disposable> {
  const file = await Deno.open(join(directory, "lock"), { create: true, write: true, mode: 0o600 });
  if (await acquire(file)) return file;
  throw new DirectoryInUseError(
    `The embedded database in ${directory} is in use by another process: stop it first`,
  );
}

/** File with `tryLock`, which Deno has since 2.7 and which is missing in its older types. */
interface Lockable extends Pick<Deno.FsFile, "lock" | "close"> {
  tryLock?(exclusive: boolean): Promise<boolean>;
}

async function acquire(file: Lockable): Promise<boolean> {
  const locked = await (file.tryLock?.(true) ?? lockInTime(file));
  // If the lock is granted late, it ends at once.
  if (!locked) file.close();
  return locked;
}

async function lockInTime(file: Lockable): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => timer = setTimeout(() => resolve(false), timeoutMs));
  const locked = await Promise.race([file.lock(true).then(() => true), late]);
  clearTimeout(timer);
  return locked;
}

/** Options of {@link lockMigrations}. */
export interface LockMigrationsOptions {
  /** Called once if it has to wait for a second. */
  readonly onWait?: (() => void) | undefined;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
}

/** Interval between attempts to lock migrations, in milliseconds. */
const RETRY_MS = 100;

/** Attempts after which the wait is reported. */
const REPORT_AFTER = 10;

/**
 * Locks the migrations of a database among the processes that share its session, and with it its advisory locks. Waits
 * for the lock.
 *
 * @throws {EmbeddedError} when the directory has no such file and cannot have one.
 */
export async function lockMigrations(
  directory: string,
  { onWait, signal }: LockMigrationsOptions = {},
): Promise<Disposable> {
  const path = join(directory, "migrations.lock");
  const file: Lockable & Disposable = await withDirectoryErrors(
    directory,
    () => Deno.open(path, { create: true, write: true, mode: 0o600 }),
  );
  try {
    const blocking = file.tryLock === undefined ? file.lock(true).then(() => true) : undefined;
    // Of a wait that has ended.
    blocking?.catch(() => undefined);
    for (let attempt = 1;; attempt++) {
      const pause = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), RETRY_MS));
      if (await (file.tryLock?.(true) ?? Promise.race([blocking, pause]))) return file;
      await pause;
      signal?.throwIfAborted();
      if (attempt === REPORT_AFTER) onWait?.();
    }
  } catch (error) {
    file.close();
    throw error;
  }
}
