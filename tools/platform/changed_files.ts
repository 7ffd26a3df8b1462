import { hashPlatform } from "./platform_files.ts";
import { LockError, readLock } from "./platform_lock.ts";

/** Returns a line for every platform file that differs from the lock of the project; none without a lock. */
export async function changedPlatformFiles(root: string): Promise<readonly string[]> {
  try {
    const lock = await readLock(root);
    if (lock === undefined) return [];
    return compareFiles({ expected: lock.files, found: await hashPlatform(root), ejected: lock.ejected });
  } catch (error) {
    if (error instanceof LockError) return [error.message];
    throw error;
  }
}

/** Returns the paths of the platform files that the lock of a project holds, except for ejected ones. */
export async function lockedPlatformFiles(root: string): Promise<ReadonlySet<string>> {
  try {
    const lock = await readLock(root);
    return new Set(Object.keys(lock?.files ?? {}).filter((path) => !lock?.ejected.includes(path)));
  } catch (error) {
    // changedPlatformFiles() reports it.
    if (error instanceof LockError) return new Set();
    throw error;
  }
}

interface Comparison {
  readonly expected: Readonly<Record<string, string>>;
  readonly found: ReadonlyMap<string, string>;
  readonly ejected: readonly string[];
}

/** Returns a line for every file that was edited, deleted or added, except for ejected files. */
export function compareFiles({ expected, found, ejected }: Comparison): readonly string[] {
  const paths = new Set([...Object.keys(expected), ...found.keys()]);
  return [...paths].filter((path) => !ejected.includes(path)).sort().flatMap((path) => {
    const [before, now] = [expected[path], found.get(path)];
    if (before === now) return [];
    if (before === undefined) {
      return [`${path} was added to the platform: move it into your service, or ${ejectCommand(path)}`];
    }
    const [verb, move] = now === undefined
      ? ["deleted", `restore it with git checkout ${path}`]
      : ["edited", "move the change into your service"];
    return [`${path} was ${verb}: ${move}, or ${ejectCommand(path)}`];
  });
}

function ejectCommand(path: string): string {
  return `run deno task eject ${path}`;
}
