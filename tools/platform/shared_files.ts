import { join } from "node:path";
import { hashFile } from "./platform_files.ts";

/** Files that upgrades merge three ways. */
export const MERGED_FILES = ["deno.json", "compose.yaml"] as const;

/** Matches files that the team may edit, and that upgrades replace while it has not. */
const SHARED =
  /^(?:docs|deployment|\.github|\.devcontainer|\.vscode)\/|^(?:AGENTS|CONTRIBUTING|SECURITY)\.md$|^LICENSE$|^\.(?:editorconfig|gitattributes|gitignore)$|^oapi\/(?:common|webhook-api-spec|cfg\.server\.webhook)\.yaml$/;

/** Matches what `deno task settings` writes into a page: it follows from the project's services. */
const TABLES = /(?<=<!-- (?:settings|tables): generated [^]*?-->)[^]*(?=<!-- end of (?:settings|tables) -->)/;

/** Returns the SHA-256 of each of these files that is shared, without the tables of settings. */
export async function hashShared(
  root: string,
  paths: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const shared = paths.filter((path) => SHARED.test(path));
  const hashes = shared.map(async (path) => {
    const bytes = await Deno.readFile(join(root, path));
    const isPage = path.endsWith(".md");
    const own = isPage
      ? new TextEncoder().encode(new TextDecoder().decode(bytes).replace(TABLES, ""))
      : bytes;
    return [path, await hashFile(own)];
  });
  return Object.fromEntries(await Promise.all(hashes));
}

/** Returns the lines of the files that upgrades merge. */
export async function readMerged(root: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const texts = await Promise.all(MERGED_FILES.map((path) => readOptional(join(root, path))));
  return Object.fromEntries(
    texts.flatMap((text, index) => text === undefined ? [] : [[MERGED_FILES[index], text.split("\n")]]),
  );
}

/** Returns the text of a file, undefined if there is none. */
export async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
