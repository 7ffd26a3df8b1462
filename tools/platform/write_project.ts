import { join } from "node:path";
import { checkName } from "../rename/check_name.ts";
import { isRenamed } from "../rename/rename_text.ts";
import { filesOfService } from "../support/tree_copy.ts";
import { isOmitted, type Omissions, readOmissions } from "./omissions.ts";
import { hashPlatform } from "./platform_files.ts";
import { LockError, writeLock } from "./platform_lock.ts";
import { filesOf, nameOf, prepareTemplate, runCommand, versionOf } from "./prepare_template.ts";
import { hashShared, readMerged } from "./shared_files.ts";

const CHANGELOG = `# Changelog

Changes that users of the API notice, newest first. Versions follow Semantic Versioning.

## Unreleased
`;

/** Heading of README.md and the text below it. */
const INTRODUCTION = /^# .*\n[^]*?(?=\n## )/;

/** Project to make of a template. */
export interface NewProject {
  /** Folder that does not exist yet, or is empty. */
  readonly target: string;
  readonly name: string;
  /** Services and capabilities of the template that it does without, as services.ts imports them. */
  readonly without: readonly string[];
}

/** Files of a project, and the version of its template. */
interface WrittenProject {
  readonly files: number;
  readonly version: string;
}

/** Writes a project with the platform, services and documents of a template. Returns what it consists of. */
export async function writeProject(template: string, project: NewProject): Promise<WrittenProject> {
  const { target, name, without } = project;
  await requireEmpty(target);
  const from = await nameOf(template);
  const version = await versionOf(template);
  const own = await readOmissions(template);
  const services = await Promise.all(without.map(filesOfService));
  const paths = [...own.paths, ...services.flatMap((service) => service.paths)].toSorted();
  const omissions: Omissions = { paths, tasks: own.tasks };
  if (name !== from) checkName(name, from, await textsOfProject(template, omissions));
  await Deno.mkdir(target, { recursive: true });
  try {
    const written = await prepareTemplate(template, { target, name, omissions });
    const list = join(target, "services.ts");
    const text = await Deno.readTextFile(list);
    await Deno.writeTextFile(list, services.reduce((rest, { module }) => unlist(rest, module), text));
    await Deno.writeTextFile(join(target, "CHANGELOG.md"), CHANGELOG);
    await introduce(target, { name, origin: `the ${from} template, version ${version}` });
    for (const task of ["gen", "settings"]) await runCommand("deno", ["task", "--quiet", task], target);
    await runCommand("deno", ["fmt", "--quiet"], target);
    await writeLock(target, {
      template: { name: from, version },
      ejected: [],
      omitted: paths,
      omittedTasks: own.tasks,
      base: await readMerged(target),
      shared: await hashShared(target, written),
      files: Object.fromEntries(await hashPlatform(target)),
    });
    return { files: written.length + 1, version };
  } catch (error) {
    await Deno.remove(target, { recursive: true });
    throw error;
  }
}

async function requireEmpty(folder: string): Promise<void> {
  try {
    const [first] = await Array.fromAsync(Deno.readDir(folder));
    if (first === undefined) return;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    if (!(error instanceof Deno.errors.NotADirectory)) throw error;
  }
  throw new LockError(`${folder} exists already and is not an empty folder; choose another one`);
}

/** Returns the texts in which the name of the project is replaced, by path. */
async function textsOfProject(
  template: string,
  omissions: Omissions,
): Promise<ReadonlyMap<string, string>> {
  const paths = (await filesOf(template)).filter((path) => isRenamed(path) && !isOmitted(path, omissions));
  const texts = paths.map((path) => Deno.readTextFile(join(template, path)));
  return new Map((await Promise.all(texts)).map((text, index) => [paths[index] ?? "", text]));
}

/** Returns services.ts without a module. */
function unlist(text: string, module: string): string {
  return text.split("\n").filter((line) => !line.startsWith(`import { ${module} }`)).join("\n")
    .replace(new RegExp(`${module}(, )?`), "").replace(", ]", "]");
}

/** Writes what the project is into the introduction of its README.md. */
async function introduce(
  target: string,
  { name, origin }: { readonly name: string; readonly origin: string },
): Promise<void> {
  const readme = join(target, "README.md");
  const heading = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
  const introduction = `# ${heading}

${heading} is an HTTP API service, made from ${origin}. An OpenAPI document is the source: types, strict handlers and
validators are generated from it, and a service behind them stores its data in PostgreSQL, which is embedded for
development. Fixes of the template arrive by [upgrades](docs/upgrades.md).
`;
  await Deno.writeTextFile(
    readme,
    (await Deno.readTextFile(readme)).replace(INTRODUCTION, () => introduction),
  );
}
