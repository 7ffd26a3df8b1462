import { join } from "node:path";
import { formatJson, type Json, mergeJson } from "./merge_json.ts";
import { LockError } from "./platform_lock.ts";
import { MERGED_FILES, readOptional } from "./shared_files.ts";

/** File that was merged three ways. */
export interface MergedFile {
  readonly path: string;
  readonly text: string;
  /** Keys or lines where both sides changed the same. */
  readonly conflicts: readonly string[];
}

/** Folders of both sides, and the texts that they have in common. */
export interface MergeSides {
  readonly project: string;
  readonly newer: string;
  /** Lines by path. */
  readonly base: Readonly<Record<string, readonly string[]>>;
}

/** Merges the files that the team and the template both edit. Returns those that change. */
export async function mergeFiles({ project, newer, base }: MergeSides): Promise<readonly MergedFile[]> {
  const merged: MergedFile[] = [];
  for (const path of MERGED_FILES) {
    const texts = {
      base: base[path]?.join("\n") ?? "",
      ours: await readOptional(join(project, path)),
      theirs: await readOptional(join(newer, path)),
    };
    const { ours, theirs } = texts;
    // A file that the team has deleted stays deleted.
    if (ours === undefined || theirs === undefined || theirs === texts.base) continue;
    const versions = { base: texts.base, ours, theirs };
    const file = path === "deno.json" ? mergeConfiguration(versions) : await mergeText(versions);
    if (file.text !== ours) merged.push({ path, ...file });
  }
  return merged;
}

/** Texts of the three sides. */
export interface Texts {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
}

/** Values of deno.json that stay ours: the project's version, and what `deno task settings` writes. */
const KEPT = ["version", "permissions.default.env.allow", "permissions.workers.env.allow"];

/** Merges deno.json by key. */
export function mergeConfiguration({ base, ours, theirs }: Texts): Omit<MergedFile, "path"> {
  const parse = (text: string): Json => JSON.parse(text === "" ? "{}" : text);
  const versions = { base: parse(base), ours: parse(ours), theirs: parse(theirs) };
  const { value = versions.ours, conflicts } = mergeJson(versions, { kept: KEPT });
  // The same values keep the form that the team gave them.
  const text = JSON.stringify(value) === JSON.stringify(versions.ours) ? ours : `${formatJson(value)}\n`;
  return { text, conflicts: conflicts.map((path) => `${path} (yours stays)`) };
}

/** Merges lines with git, which marks conflicts. @throws {LockError} if git fails. */
export async function mergeText({ base, ours, theirs }: Texts): Promise<Omit<MergedFile, "path">> {
  const folder = await Deno.makeTempDir({ prefix: "merge_" });
  try {
    for (const [name, text] of Object.entries({ base, ours, theirs })) {
      await Deno.writeTextFile(join(folder, name), text);
    }
    const labels = ["yours", "before", "newer template"].flatMap((label) => ["-L", label]);
    const { code, stdout, stderr } = await new Deno.Command("git", {
      args: ["merge-file", "-p", ...labels, "ours", "base", "theirs"],
      cwd: folder,
    }).output();
    if (code > 127) throw new LockError(`git merge-file failed: ${new TextDecoder().decode(stderr)}`);
    const conflicts = code === 0
      ? []
      : [`${code} ${code === 1 ? "conflict" : "conflicts"}, marked with <<<<<<<`];
    return { text: new TextDecoder().decode(stdout), conflicts };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
