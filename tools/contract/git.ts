import { posix, relative } from "node:path";
import type { DocumentFolder } from "../oapi_codegen/document/sources/document_folder.ts";

/** Returns the last tag before the working tree; undefined without a tag or a repository. */
export async function lastTag(root: string): Promise<string | undefined> {
  const text = await git(root, ["describe", "--tags", "--abbrev=0"]);
  return text?.trim();
}

/** Whether a name is that of a commit, a tag or a branch. */
export async function isRevision(root: string, name: string): Promise<boolean> {
  return await git(root, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`]) !==
    undefined;
}

/** Opens a folder as it was in a revision. */
export function revisionFolder(
  folder: string,
  { root, revision }: { readonly root: string; readonly revision: string },
): DocumentFolder {
  const base = relative(root, folder).replaceAll("\\", "/");
  const inside = (path: string): string => posix.normalize(posix.join(base, path));
  const contains = (path: string): boolean => !inside(path).startsWith("..") && !posix.isAbsolute(path);
  return {
    contains,
    read: async (path) =>
      contains(path) ? await git(root, ["show", `${revision}:./${inside(path)}`]) : undefined,
    list: async () =>
      (await git(root, ["ls-tree", "--name-only", revision, `./${base}/`]))?.split("\n")
        .filter((line) => line !== "").map((line) => posix.basename(line)) ?? [],
  };
}

/** Returns the output of a git command; undefined if it fails, or there is no git. */
async function git(root: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const output = await new Deno.Command("git", {
      args: ["-C", root, ...args],
      stdin: "null",
      stderr: "null",
    }).output();
    return output.success ? new TextDecoder().decode(output.stdout) : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
