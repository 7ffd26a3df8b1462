import { join } from "node:path";
import { EmbeddedError } from "./embedded_error.ts";

/** How long a lock may take where only a waiting one can be asked for, in milliseconds. */
const timeoutMs = 500;

/**
 * Takes the directory for this process; another one that wants it is refused. The system gives it back when the
 * process ends, however it ends. Throws when another process has it.
 */
export async function lockDirectory(directory: string): Promise<Disposable> {
  const file = await Deno.open(join(directory, "lock"), { create: true, write: true, mode: 0o600 });
  if (await acquire(file)) return file;
  throw new EmbeddedError(`Another process uses the embedded database in ${directory}: stop it first`);
}

/** Deno before 2.7 has no tryLock, and its types do not know it. */
interface Lockable extends Pick<Deno.FsFile, "lock" | "close"> {
  tryLock?(exclusive: boolean): Promise<boolean>;
}

async function acquire(file: Lockable): Promise<boolean> {
  if (file.tryLock !== undefined) {
    const locked = await file.tryLock(true);
    if (!locked) file.close();
    return locked;
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => timer = setTimeout(() => resolve(false), timeoutMs));
  const locked = await Promise.race([file.lock(true).then(() => true), late]);
  clearTimeout(timer);
  return locked;
}
