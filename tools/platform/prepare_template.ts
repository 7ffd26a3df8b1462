import { dirname, join } from "node:path";
import { isRenamed, renameText } from "../rename/rename_text.ts";
import { isOmitted, type Omissions, withoutOmitted } from "./omissions.ts";
import { LockError } from "./platform_lock.ts";

/** Settings under which a template becomes the tree of a project. */
export interface Preparation {
  /** Folder to write to. */
  readonly target: string;
  /** Name of the project. */
  readonly name: string;
  readonly omissions: Omissions;
}

/** Copies a template under the name of a project, without the omitted parts, formatted. Returns the paths. */
export async function prepareTemplate(
  template: string,
  { target, name, omissions }: Preparation,
): Promise<readonly string[]> {
  const from = await nameOf(template);
  const paths = (await filesOf(template)).filter((path) => !isOmitted(path, omissions));
  for (const path of paths) {
    const [source, copy] = [join(template, path), join(target, path)];
    await Deno.mkdir(dirname(copy), { recursive: true });
    // Keeps the mode of scripts.
    await Deno.copyFile(source, copy);
    if (!isRenamed(path)) continue;
    const text = await Deno.readTextFile(source);
    const prepared = withoutOmitted(path, from === name ? text : renameText(text, from, name), omissions);
    if (prepared !== text) await Deno.writeTextFile(copy, prepared);
  }
  // Names of another length move line breaks and the columns of tables.
  await runCommand("deno", ["fmt", "--quiet"], target);
  return paths;
}

/** Returns the paths of a template's files: all that git does not ignore. */
export async function filesOf(template: string): Promise<readonly string[]> {
  const list = await runCommand(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    template,
  );
  const present = await Promise.all(
    [...new Set(list.split("\0"))].filter((path) => path !== "").map(async (path) =>
      await Deno.lstat(join(template, path)).then(({ isFile }) => isFile ? [path] : [], () => [])
    ),
  );
  return present.flat().sort();
}

/** Returns the name of the project in a tree, from its config.ts. @throws {LockError} if it has none. */
export async function nameOf(root: string): Promise<string> {
  const text = await Deno.readTextFile(join(root, "config.ts")).catch(() => "");
  const [, name] = /\bname: "([a-z][a-z0-9]*)"/.exec(text) ?? [];
  if (name === undefined) throw new LockError(`${join(root, "config.ts")}: no name of a project found`);
  return name;
}

/** Returns the version in deno.json of a tree. @throws {LockError} if it has none. */
export async function versionOf(root: string): Promise<string> {
  const { version }: { version?: unknown } = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));
  if (typeof version !== "string") throw new LockError("deno.json of the template has no version");
  return version;
}

/** Returns the commit of a checkout, with `-dirty` after uncommitted changes; undefined for other folders. */
export async function commitOf(root: string): Promise<string | undefined> {
  const git = async (...args: readonly string[]): Promise<string> =>
    (await runCommand("git", args, root)).trim();
  // A folder within another repository is no checkout of its own.
  const isCheckout = await git("rev-parse", "--show-prefix").then((prefix) => prefix === "", () => false);
  if (!isCheckout) return undefined;
  const commit = await git("rev-parse", "--verify", "HEAD").catch(() => undefined);
  if (commit === undefined) return undefined;
  return await git("status", "--porcelain") === "" ? commit : `${commit}-dirty`;
}

/** Returns the texts of a template in which the name of the project is replaced, by path. */
export async function renamedTexts(
  template: string,
  omissions: Omissions,
): Promise<ReadonlyMap<string, string>> {
  const paths = (await filesOf(template)).filter((path) => isRenamed(path) && !isOmitted(path, omissions));
  const texts = paths.map((path) => Deno.readTextFile(join(template, path)));
  return new Map((await Promise.all(texts)).map((text, index) => [paths[index] ?? "", text]));
}

/** Runs a command and returns its output. @throws {LockError} with the error output of a failure. */
export async function runCommand(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args: [...args], cwd }).output();
  const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  if (!success) {
    throw new LockError(`${command} ${args.join(" ")} in ${cwd} failed: ${decode(stderr).trim()}`);
  }
  return decode(stdout);
}
