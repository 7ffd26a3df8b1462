import type { Logger } from "@archway/server/logger.ts";
import { fromRoot } from "./project.ts";

/**
 * Reports each migration that is written from now on, once: Deno restarts the program on a change of its modules, which
 * migrations are not, so that a statement could miss a column whose migration exists.
 */
export function reportMigrations(folders: readonly string[], logger: Pick<Logger, "info">): Disposable {
  let watcher: Deno.FsWatcher;
  try {
    watcher = Deno.watchFs([...folders], { recursive: false });
  } catch (error) {
    // Such as the limit of watched folders, without which a developer can work.
    logger.info("New migrations are not reported: {message}", { message: String(error) });
    return { [Symbol.dispose](): void {} };
  }
  const reported = new Set<string>();
  (async (): Promise<void> => {
    for await (const { kind, paths } of watcher) {
      if (kind === "access" || kind === "remove") continue;
      for (const path of paths.filter((name) => name.endsWith(".sql") && !reported.has(name))) {
        reported.add(path);
        logger.info("Migration {file} is applied at the next start: save a source file, or restart", {
          file: fromRoot(path),
        });
      }
    }
  })();
  return watcher;
}
