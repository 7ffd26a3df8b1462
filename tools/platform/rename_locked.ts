import { renameText } from "../rename/rename_text.ts";
import { hashPlatform } from "./platform_files.ts";
import { readLock, writeLock } from "./platform_lock.ts";
import { filesOf } from "./prepare_template.ts";
import { hashShared } from "./shared_files.ts";

/** Names of a project before and after a rename. */
export interface Rename {
  readonly from: string;
  readonly to: string;
}

/**
 * Renames a project and writes its lock accordingly. Files that differed from the lock before still do.
 *
 * @param rename Changes every file but the lock.
 */
export async function renameLocked(
  root: string,
  { from, to }: Rename,
  rename: () => Promise<void>,
): Promise<void> {
  const lock = await readLock(root);
  if (lock === undefined) return await rename();
  const before = await currentHashes(root);
  await rename();
  const after = await currentHashes(root);
  const renamed = (locked: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
    Object.fromEntries(
      Object.entries(locked).map((
        [path, hash],
      ) => [path, before[path] === hash ? after[path] ?? hash : hash]),
    );
  const base = Object.entries(lock.base).map(([path, lines]) =>
    [path, renameText(lines.join("\n"), from, to).split("\n")] as const
  );
  await writeLock(root, {
    ...lock,
    files: renamed(lock.files),
    shared: renamed(lock.shared),
    base: Object.fromEntries(base),
  });
}

async function currentHashes(root: string): Promise<Readonly<Record<string, string>>> {
  return { ...Object.fromEntries(await hashPlatform(root)), ...await hashShared(root, await filesOf(root)) };
}
