import { join } from "node:path";
import { hashShared, MERGED_FILES } from "./shared_files.ts";
import { LOCK_FILE, type PlatformLock } from "./platform_lock.ts";

/** Matches what tasks write: `gen`, `schema`, `settings`, `deno install` and this template itself. */
const GENERATED =
  /^(?:api|tools\/support\/contact_service\/api)\/|^(?:deno\.lock|\.env\.example)$|\/schema\.sql$/;

/**
 * Returns the numbers of lines that a team owns, by path: of each file that is neither the platform's nor generated,
 * nor follows the template as long as it is not edited. Of merged files, the lines that the template does not have.
 */
export async function ownedFiles(
  root: string,
  paths: readonly string[],
  lock: PlatformLock,
): Promise<ReadonlyMap<string, number>> {
  const shared = await hashShared(root, paths);
  const own = paths.filter((path) =>
    path !== LOCK_FILE && !GENERATED.test(path) && (lock.ejected.includes(path) || !(path in lock.files)) &&
    !(path in lock.shared && shared[path] === lock.shared[path])
  );
  const counts = await Promise.all(own.map(async (path) => {
    const lines = (await Deno.readTextFile(join(root, path))).replace(/\n$/, "").split("\n");
    const base = new Set(MERGED_FILES.some((merged) => merged === path) ? lock.base[path] : []);
    return [path, lines.filter((line) => !base.has(line)).length] as const;
  }));
  return new Map(counts.filter(([, count]) => count > 0).toSorted(([one], [other]) => one < other ? -1 : 1));
}
