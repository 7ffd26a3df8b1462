import { join } from "node:path";
import { addDocument, type ProjectDocument } from "./add_document.ts";
import { checkForm } from "../rename/check_name.ts";
import { unregisterService } from "../new/register_service.ts";
import { checkIdentifiers, otherUse } from "../rename/name_uses.ts";
import { filesOfService } from "../support/tree_copy.ts";
import { type Omissions, readOmissions } from "./omissions.ts";
import { ownedFiles } from "./owned_files.ts";
import { hashPlatform } from "./platform_files.ts";
import { LockError, writeLock } from "./platform_lock.ts";
import {
  commitOf,
  nameOf,
  prepareTemplate,
  renamedTexts,
  runCommand,
  versionOf,
} from "./prepare_template.ts";
import { projectReadme } from "./project_readme.ts";
import { hashShared, readMerged } from "./shared_files.ts";

const CHANGELOG = `# Changelog

Changes that users of the API notice, newest first. Versions follow Semantic Versioning.

## Unreleased
`;

/** Project to make of a template. */
export interface NewProject {
  /** Folder that does not exist yet, or is empty. */
  readonly target: string;
  readonly name: string;
  /** Services and capabilities of the template that it does without, as services.ts imports them. */
  readonly without: readonly string[];
  /** OpenAPI document of its own service. @default none */
  readonly document?: ProjectDocument | undefined;
}

/** Outcome of writing a project. */
interface WrittenProject {
  readonly files: number;
  /** Version of the template. */
  readonly version: string;
  /** Numbers of lines that the team owns, by path. */
  readonly owned: ReadonlyMap<string, number>;
  /** Decisions about its document. */
  readonly report: string | undefined;
}

/** Writes a project with the platform, services and documents of a template. Returns what it consists of. */
export async function writeProject(template: string, project: NewProject): Promise<WrittenProject> {
  const { target, name, without, document } = project;
  await requireEmpty(target);
  const from = await nameOf(template);
  const version = await versionOf(template);
  const own = await readOmissions(template);
  const services = await Promise.all(without.map(filesOfService));
  const pages = [...own.pages ?? [], ...await pagesOf(template, without)];
  const paths = [...own.paths, ...pages, ...services.flatMap((service) => service.paths)].toSorted();
  const omissions: Omissions = { ...own, paths };
  checkForm(name);
  const texts = name === from ? new Map<string, string>() : await renamedTexts(template, omissions);
  if (name !== from) checkIdentifiers({ to: name, from, texts });
  await Deno.mkdir(target, { recursive: true });
  try {
    const written = await prepareTemplate(template, { target, name, omissions });
    // As the template has them, before tasks write the settings of the remaining services.
    const base = await readMerged(target);
    const list = join(target, "services.ts");
    const text = await Deno.readTextFile(list);
    const remainder = services.reduce((rest, { module }) => unregisterService(rest, module), text);
    await Deno.writeTextFile(list, remainder);
    await Deno.writeTextFile(join(target, "CHANGELOG.md"), CHANGELOG);
    const remaining = [
      ...written.flatMap((path) => /^(\w+_service)\/module\.ts$/.exec(path)?.[1] ?? []),
      ...(document === undefined ? [] : [`${name}_service`]),
    ];
    const origin = `the ${from} template, version ${version}`;
    await Deno.writeTextFile(join(target, "README.md"), projectReadme({ name, origin, services: remaining }));
    for (const task of ["gen", "settings"]) await runCommand("deno", ["task", "--quiet", task], target);
    await runCommand("deno", ["fmt", "--quiet"], target);
    const service = document && await addDocument(target, { name, document });
    const lock = {
      template: {
        ...{ name: from, version },
        commit: await commitOf(template),
        nameUsedIn: otherUse(name, texts),
      },
      ejected: [],
      omitted: paths,
      omittedTasks: own.tasks,
      base,
      shared: await hashShared(target, written),
      files: Object.fromEntries(await hashPlatform(target)),
    };
    await writeLock(target, lock);
    const all = [...written, ...service?.paths ?? []];
    const owned = await ownedFiles(target, all, lock);
    return { files: all.length + 1, version, owned, report: service?.report };
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

/** Returns the pages of the guide about services and capabilities: those with `<!-- module: <name> -->`. */
async function pagesOf(template: string, modules: readonly string[]): Promise<readonly string[]> {
  const names = await Array.fromAsync(Deno.readDir(join(template, "docs")), ({ name }) => `docs/${name}`);
  const pages = await Promise.all(
    names.filter((page) => page.endsWith(".md")).map(async (page) => {
      const [, module] = /^<!-- module: (\w+) -->$/m.exec(await Deno.readTextFile(join(template, page))) ??
        [];
      return module !== undefined && modules.includes(module) ? [page] : [];
    }),
  );
  return pages.flat();
}
