import { isOmitted, type Omissions } from "../platform/omissions.ts";
import type { SourceFile } from "./source_tree.ts";

/** Modules of services, whose lines about omitted parts projects do without, too. */
const MODULE = /^\w+_service\/module\.ts$/;

/** Returns a line for every import by which a file of projects needs a part of the template that they do without. */
export function importedOmissions(
  files: readonly SourceFile[],
  omissions: Pick<Omissions, "paths">,
): readonly string[] {
  return files.filter(({ path }) => !isOmitted(path, omissions) && !MODULE.test(path)).flatMap((
    { path, imports },
  ) =>
    imports.flatMap(({ target, line }) =>
      target !== undefined && "file" in target && isOmitted(target.file, omissions)
        ? [`${path}:${line}: imports ${target.file}, which tools/platform/omitted.json keeps out of projects`]
        : []
    )
  );
}
