import { posix } from "node:path";

/** Change that an upgrade makes to a file of the project. */
export interface FileChange {
  readonly path: string;
  readonly kind: "added" | "replaced" | "deleted";
}

/** Changes of an upgrade, file by file. */
export interface UpgradePlan {
  readonly changes: readonly FileChange[];
  /** Files that belong to the team, or that it edited, and that the newer template changed or deleted. */
  readonly kept: readonly string[];
}

/** Hashes of files by path: of the lock, of the project now, and of the newer template under the project's name. */
export interface Hashes {
  readonly before: Readonly<Record<string, string>>;
  readonly now: Readonly<Record<string, string>>;
  readonly newer: Readonly<Record<string, string>>;
}

/**
 * Plans what happens to the files of a project: those that the team did not touch follow the newer template.
 *
 * @param ejected Files that the team owns.
 */
export function planUpgrade({ before, now, newer }: Hashes, ejected: readonly string[]): UpgradePlan {
  const changes: FileChange[] = [];
  const kept: string[] = [];
  for (const path of [...new Set([...Object.keys(before), ...Object.keys(newer)])].sort()) {
    const [was, is, becomes] = [before[path], now[path], newer[path]];
    if (is === becomes) continue;
    if (ejected.includes(path) || is !== was) {
      if (was !== becomes) kept.push(path);
    } else if (becomes === undefined) changes.push({ path, kind: "deleted" });
    else changes.push({ path, kind: is === undefined ? "added" : "replaced" });
  }
  return { changes, kept };
}

/** Returns the new path of each kept file that the newer template moved: of the same text, or else of the same name. */
export function movedFiles(
  { kept }: UpgradePlan,
  { before, newer }: Pick<Hashes, "before" | "newer">,
): ReadonlyMap<string, string> {
  const added = Object.keys(newer).filter((path) => !(path in before));
  return new Map(
    kept.filter((path) => !(path in newer)).flatMap((path) => {
      const same = added.filter((other) => newer[other] === before[path]);
      const named = added.filter((other) => posix.basename(other) === posix.basename(path));
      const [moved, ...others] = same.length > 0 ? same : named;
      return moved === undefined || others.length > 0 ? [] : [[path, moved] as const];
    }),
  );
}
