import { isTest } from "./room_of.ts";
import type { SourceFile } from "./source_tree.ts";

/** Parts that may read the environment, in addition to tests: the program and tools. */
const MAY_READ = /^(main\.ts$|platform\/program\/|tools\/)/;

/** Returns a line for every other place that reads the environment. */
export function environmentReaders(files: readonly SourceFile[]): readonly string[] {
  return files.filter(({ path }) => !MAY_READ.test(path) && !isTest(path)).flatMap((
    { path, environmentReads },
  ) =>
    environmentReads.map((line) =>
      `${path}:${line}: reads the environment; only platform/program/ may, and passes settings on`
    )
  );
}
