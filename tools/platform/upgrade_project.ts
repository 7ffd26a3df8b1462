import { dirname, join } from "node:path";
import { compareFiles } from "./changed_files.ts";
import { mergeFiles } from "./merge_files.ts";
import { readOmissions } from "./omissions.ts";
import { hashPlatform } from "./platform_files.ts";
import { otherUse } from "../rename/name_uses.ts";
import {
  LOCK_FILE,
  type LockedTemplate,
  LockError,
  type PlatformLock,
  readLock,
  writeLock,
} from "./platform_lock.ts";
import { newCapabilities } from "./new_capabilities.ts";
import {
  commitOf,
  filesOf,
  nameOf,
  prepareTemplate,
  renamedTexts,
  runCommand,
  versionOf,
} from "./prepare_template.ts";
import { hashShared, readMerged } from "./shared_files.ts";
import { movedFiles, planUpgrade } from "./upgrade_plan.ts";
import type { Upgrade } from "./upgrade_report.ts";

/** Newer template of an upgrade. */
export interface UpgradeOptions {
  /** A checkout of it, or anything that git can clone; `#<tag or branch>` selects a version to clone. */
  readonly template: string;
  /** Whether to change nothing. */
  readonly dryRun: boolean;
}

/** Replaces the platform of a project by that of a newer template, and merges what both can edit. */
export async function upgradeProject(root: string, { template, dryRun }: UpgradeOptions): Promise<Upgrade> {
  const lock = await lockOf(root, { dryRun });
  const folder = await Deno.makeTempDir({ prefix: "upgrade_" });
  try {
    const checkout = await checkoutOf(template, join(folder, "template"));
    const newer = join(folder, "newer");
    const own = await readOmissions(checkout);
    const omissions = {
      ...own,
      paths: [...new Set([...lock.omitted, ...own.paths])].sort(),
      tasks: [...new Set([...lock.omittedTasks, ...own.tasks])].sort(),
    };
    const name = await nameOf(root);
    const paths = await prepareTemplate(checkout, { target: newer, name, omissions });
    const newerFiles = Object.fromEntries(await hashPlatform(newer));
    const newerShared = await hashShared(newer, paths);
    const plan = planUpgrade({
      before: { ...lock.files, ...lock.shared },
      now: {
        ...Object.fromEntries(await hashPlatform(root)),
        ...await hashShared(root, await filesOf(root)),
      },
      newer: { ...newerFiles, ...newerShared },
    }, lock.ejected);
    const merged = await mergeFiles({ project: root, newer, base: lock.base });
    const isRenamed = name !== await nameOf(checkout);
    const now = {
      ...{ name: lock.template.name, version: await versionOf(newer), commit: await commitOf(checkout) },
      nameUsedIn: isRenamed ? otherUse(name, await renamedTexts(checkout, omissions)) : undefined,
    };
    if (!dryRun) {
      for (const { path, kind } of plan.changes) {
        if (kind === "deleted") await Deno.remove(join(root, path));
        else await copyFile(join(newer, path), join(root, path));
      }
      for (const { path, text } of merged) await Deno.writeTextFile(join(root, path), text);
      await writeLock(root, {
        template: now,
        ejected: lock.ejected,
        omitted: omissions.paths,
        omittedTasks: omissions.tasks,
        base: await readMerged(newer),
        shared: newerShared,
        files: newerFiles,
      });
      await runCommand("deno", ["fmt", "--quiet", "deno.json", "platform.lock"], root).catch(() => undefined);
    }
    return {
      ...plan,
      merged: merged.map(({ path, conflicts }) => ({ path, conflicts })),
      differences: await differences(plan.kept, { root, newer }),
      moves: movedFiles(plan, { before: lock.files, newer: newerFiles }),
      capabilities: await newCapabilities(newer, { before: lock.files, newer: newerFiles }),
      from: describeVersion(lock.template),
      to: describeVersion(now),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Returns the lock of a project that can be upgraded. */
async function lockOf(root: string, { dryRun }: { readonly dryRun: boolean }): Promise<PlatformLock> {
  const lock = await readLock(root);
  if (lock === undefined) {
    throw new LockError(
      "There is no platform.lock: only a project that deno task new:project made can be upgraded",
    );
  }
  if (!dryRun && await runCommand("git", ["status", "--porcelain"], root) !== "") {
    throw new LockError("There are uncommitted changes; commit them first, so that git can undo the upgrade");
  }
  const found = await hashPlatform(root);
  const changed = compareFiles({ expected: lock.files, found, ejected: lock.ejected });
  if (changed.length > 0) throw new LockError(changed.join("\n"));
  return lock;
}

/** Returns a version, with the abbreviated commit if it is known. */
function describeVersion({ version, commit }: LockedTemplate): string {
  if (commit === undefined) return version;
  const [hash = "", ...dirty] = commit.split("-");
  return `${version} (${[hash.slice(0, 8), ...dirty].join("-")})`;
}

/** Returns the path of a checkout: the folder itself, or a clone of the repository. */
async function checkoutOf(template: string, target: string): Promise<string> {
  const exists = (path: string): Promise<boolean> =>
    Deno.stat(join(template, path)).then(() => true, () => false);
  if (await exists(LOCK_FILE)) {
    throw new LockError(
      `${template} is a project, not a template (it has ${LOCK_FILE}): give the checkout of the template`,
    );
  }
  if (await exists("deno.json")) return template;
  const [url = "", revision] = template.split("#");
  const branch = revision === undefined ? [] : ["--branch", revision];
  await runCommand(
    "git",
    ["clone", "--quiet", "--depth", "1", ...branch, "--", url, target],
    dirname(target),
  );
  return target;
}

async function copyFile(from: string, to: string): Promise<void> {
  await Deno.mkdir(dirname(to), { recursive: true });
  await Deno.copyFile(from, to);
}

/** Returns the numbers of lines that the newer template has in addition, and lacks, by path. */
async function differences(
  paths: readonly string[],
  { root, newer }: { readonly root: string; readonly newer: string },
): Promise<ReadonlyMap<string, string>> {
  const counts = new Map<string, string>();
  for (const path of paths) {
    const [ours, theirs] = [join(root, path), join(newer, path)];
    const { stdout } = await new Deno.Command("git", {
      args: ["diff", "--no-index", "--numstat", "--", ours, theirs],
    }).output();
    const [added, removed] = new TextDecoder().decode(stdout).split("\t");
    if (removed !== undefined) counts.set(path, `+${added} −${removed} lines`);
  }
  return counts;
}
