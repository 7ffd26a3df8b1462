import { join } from "node:path";
import { print } from "@archway/program/print.ts";
import { platformFiles } from "./platform/platform_files.ts";
import { LockError, readLock, writeLock } from "./platform/platform_lock.ts";
import { runTask } from "./run_task.ts";

const ROOT = join(import.meta.dirname ?? ".", "..");
const USAGE = "Usage: deno task eject <file of the platform>…\n";

/**
 * Marks files of the platform as owned by the project.
 *
 * @throws {LockError} for a tree or a file that is not of the platform.
 */
export async function eject(root: string, paths: readonly string[]): Promise<void> {
  const lock = await readLock(root);
  if (lock === undefined) {
    throw new LockError("There is no platform.lock: every file of this tree is its own already");
  }
  const known = new Set([...Object.keys(lock.files), ...await platformFiles(root)]);
  const wanted = paths.map((path) => path.replace(/^\.\//, ""));
  const unknown = wanted.filter((path) => !known.has(path));
  if (unknown.length > 0) throw new LockError(`Not a file of the platform: ${unknown.join(", ")}`);
  await writeLock(root, { ...lock, ejected: [...new Set([...lock.ejected, ...wanted])].sort() });
}

async function main(paths: readonly string[]): Promise<number> {
  if (paths.length === 0 || paths.some((path) => path.startsWith("-"))) {
    await print(Deno.stderr, USAGE);
    return 2;
  }
  await eject(ROOT, paths);
  await print(
    Deno.stdout,
    `Yours now: ${paths.join(", ")}. Upgrades report these files instead of replacing them.\n`,
  );
  return 0;
}

if (import.meta.main) await runTask(main, { expected: [LockError] });
