import { join } from "node:path";
import { PROJECT_ROOT } from "@archway/program/project.ts";

/** Page of the guide. */
export interface GuidePage {
  /** Path from the root of the project. */
  readonly path: string;
  readonly text: string;
}

/** Returns README.md and the pages in docs/, decisions included. */
export async function guidePages(): Promise<readonly GuidePage[]> {
  const paths = ["README.md"];
  for (const folder of ["docs", "docs/adr"]) {
    for await (const { name } of Deno.readDir(join(PROJECT_ROOT, folder))) {
      if (name.endsWith(".md")) paths.push(`${folder}/${name}`);
    }
  }
  return await Promise.all(
    paths.toSorted().map(async (path) => ({ path, text: await Deno.readTextFile(join(PROJECT_ROOT, path)) })),
  );
}
