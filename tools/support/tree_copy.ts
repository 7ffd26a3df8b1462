import { assertEquals } from "@std/assert";
import { dirname, join } from "node:path";
import { unregisterService } from "../new/register_service.ts";
import { temporaryDirectory } from "./once.ts";

const ROOT = join(import.meta.dirname ?? ".", "../..");

/** Folders of this checkout that are not part of the project. */
const LEFT_OUT = new Set([".git", ".archway", "dist", "node_modules"]);

/** Files of a service, in addition to its line in services.ts. */
export interface ServiceFiles {
  /** Its folder, documents, generator settings and generated code. */
  readonly paths: readonly string[];
  /** Name of the module in services.ts. */
  readonly module: string;
}

/** Finds the files of a service by name, in services.ts and generator settings. */
export async function filesOfService(name: string): Promise<ServiceFiles> {
  const folder = name.endsWith("_service") ? name : `platform/${name}`;
  const list = await Deno.readTextFile(join(ROOT, "services.ts"));
  const [, module] =
    new RegExp(String.raw`import \{ (\w+) \} from "[./@\w]*/${name}/module\.ts"`).exec(list) ?? [];
  if (module === undefined) throw new Error(`services.ts does not import ${name}`);
  const paths = [folder];
  // Of a capability that generates code from the services.
  if (await Deno.stat(join(ROOT, "api", name)).catch(() => undefined) !== undefined) {
    paths.push(`api/${name}`);
  }
  paths.push(...await examplesOf(name));
  let source = "";
  for await (const path of files(join(ROOT, folder))) {
    // Its product code imports what it serves; tests may import other APIs.
    if (path.endsWith(".ts") && !/_test\.ts$|(^|\/)(testing|e2e|bench)\//.test(path)) {
      source += await Deno.readTextFile(join(ROOT, folder, path));
    }
  }
  for await (const { name: file } of Deno.readDir(join(ROOT, "oapi"))) {
    if (!file.startsWith("cfg.")) continue;
    const text = await Deno.readTextFile(join(ROOT, "oapi", file));
    const [, spec, generated] = /^spec: (\S+)$[^]*^output: \.\.\/api\/(\S+)$/m.exec(text) ?? [];
    if (source.includes(`@archway/api/${generated}/`)) {
      const client = /^cfg\.server\.(.*)\.yaml$/.exec(file)?.[1];
      paths.push(`oapi/${file}`, `oapi/${spec}`, `api/${generated}`, `api/clients/typescript/${client}`);
    }
  }
  return { paths, module };
}

/** Returns the examples of the guide about a service: those whose README has `<!-- module: <name> -->`. */
async function examplesOf(name: string): Promise<readonly string[]> {
  const folder = "docs/examples";
  if (await Deno.stat(join(ROOT, folder)).catch(() => undefined) === undefined) return [];
  const paths: string[] = [];
  for await (const { name: example } of Deno.readDir(join(ROOT, folder))) {
    const page = await Deno.readTextFile(join(ROOT, folder, example, "README.md"));
    if (page.includes(`<!-- module: ${name} -->`)) paths.push(`${folder}/${example}`);
  }
  return paths;
}

/** Options of a tree. */
interface TreeOptions {
  /** Whether its commands cannot download anything. @default {false} */
  readonly isOffline?: boolean;
}

/** Environment in which only addresses of this machine are reached: downloads go to a proxy that does not exist. */
const OFFLINE = {
  HTTP_PROXY: "http://127.0.0.1:1",
  HTTPS_PROXY: "http://127.0.0.1:1",
  NO_PROXY: "127.0.0.1,localhost,::1",
};

/** Copy of the whole checkout that a test can modify. */
export class TreeCopy implements AsyncDisposable {
  private constructor(readonly path: string, readonly isOffline = false) {}

  static async make(): Promise<TreeCopy> {
    const path = await firstFreeFolder("archway_copy_");
    // Tests run some servers as another user, who needs access.
    await Deno.chmod(path, 0o755);
    await copyFolder(ROOT, path);
    return new TreeCopy(path);
  }

  /** Returns a tree that exists already, such as a project made of a copy; it is removed in the end. */
  static at(path: string, { isOffline = false }: TreeOptions = {}): TreeCopy {
    return new TreeCopy(path, isOffline);
  }

  /** Removes a service like `git rm` of its files and the deletion of its line in services.ts. */
  async removeService({ paths, module }: ServiceFiles): Promise<void> {
    for (const path of paths) await Deno.remove(join(this.path, path), { recursive: true });
    await this.edit("services.ts", (text) => unregisterService(text, module));
  }

  /** Edits a file. Throws if the edit has no effect. */
  async edit(path: string, change: (text: string) => string): Promise<void> {
    const file = join(this.path, path);
    const text = await Deno.readTextFile(file);
    const changed = change(text);
    if (changed === text) throw new Error(`${path} was not changed`);
    await Deno.writeTextFile(file, changed);
  }

  /** Copies a file or folder of this checkout to another path of the copy. */
  async add(from: string, to: string): Promise<void> {
    const [source, target] = [join(ROOT, from), join(this.path, to)];
    if ((await Deno.stat(source)).isDirectory) await copyFolder(source, target);
    else await Deno.copyFile(source, target);
  }

  /** Runs a task, asserts that it succeeds, and returns its output. */
  async task(name: string, ...args: readonly string[]): Promise<string> {
    const { code, output } = await this.run(Deno.execPath(), "task", name, ...args);
    assertEquals(code, 0, `deno task ${name}:\n${failuresOf(output)}`);
    return output;
  }

  /** Runs a command in the copy. */
  async run(
    command: string,
    ...args: readonly string[]
  ): Promise<{ readonly code: number; readonly output: string }> {
    const { code, stdout, stderr } = await new Deno.Command(command, {
      args: [...args],
      cwd: this.path,
      env: { NO_COLOR: "1", ...this.isOffline ? OFFLINE : {} },
    }).output();
    return { code, output: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
  }

  /** Commits everything, to a repository that the first commit makes. */
  async commit(): Promise<void> {
    const identity = ["-c", "user.name=A team", "-c", "user.email=team@example.com"];
    for (const args of [["init", "-q"], ["add", "-A"], [...identity, "commit", "-q", "-m", "Begin"]]) {
      const { code, output } = await this.run("git", ...args);
      assertEquals(code, 0, output);
    }
  }

  /** Asserts that a folder is identical to that of this checkout. */
  async assertUnchanged(folder: string): Promise<void> {
    const texts = async (root: string): Promise<ReadonlyMap<string, string>> => {
      const found = new Map<string, string>();
      for await (const path of files(join(root, folder))) {
        found.set(path, await Deno.readTextFile(join(root, folder, path)));
      }
      return found;
    };
    const [here, there] = [await texts(ROOT), await texts(this.path)];
    assertEquals([...there.keys()].toSorted(), [...here.keys()].toSorted());
    for (const [path, text] of there) assertEquals(text, here.get(path), path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

/**
 * Creates the first folder of this process that does not exist. Trees that come one after another have the same path, by
 * which the runtime finds the files that it has compiled and checked before.
 */
export async function firstFreeFolder(prefix: string): Promise<string> {
  for (let index = 0;; index++) {
    const path = join(temporaryDirectory(), `${prefix}${Deno.pid}_${index}`);
    try {
      await Deno.mkdir(path);
      return path;
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}

/** Returns the end of a task's output with its failures. */
function failuresOf(said: string): string {
  const [, failures] = said.split(/^ ?ERRORS ?$/m);
  return (failures ?? said.replaceAll(/^Check .*\n/gm, "")).slice(-20_000);
}

async function copyFolder(from: string, to: string): Promise<void> {
  for await (const path of files(from)) {
    await Deno.mkdir(dirname(join(to, path)), { recursive: true });
    await Deno.copyFile(join(from, path), join(to, path));
  }
}

async function* files(root: string, folder = ""): AsyncIterable<string> {
  for await (const { name, isDirectory } of Deno.readDir(join(root, folder))) {
    if (LEFT_OUT.has(name)) continue;
    const path = join(folder, name);
    if (isDirectory) yield* files(root, path);
    else yield path;
  }
}
