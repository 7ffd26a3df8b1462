import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import type { ServiceModule } from "@archway/service_kit/service_module.ts";
import { Program, untilReady } from "@archway/tools/support/program.ts";
import { filesOfService, TreeCopy } from "@archway/tools/support/tree_copy.ts";
import { services } from "../../services.ts";

const ROOT = join(import.meta.dirname ?? ".", "../..");

/** Returns a service and all that require it. They are removed together. */
function withDependents(name: string): readonly string[] {
  const removed = new Set([name]);
  for (const known of removed) {
    for (const { name, requires = [] } of services) if (requires.includes(known)) removed.add(name);
  }
  return services.map(({ name }) => name).filter((name) => removed.has(name));
}

const NAMES = services.map(({ name }) => name);

/**
 * Removed sets: the service that no other one requires, and everything. Projects without each other service or
 * capability are tested in variants_test.ts.
 */
const REMOVALS = new Map(
  [NAMES.filter((name) => name.endsWith("_service") && withDependents(name).length === 1), NAMES].map((
    names,
  ) => [names.join(" and "), names]),
);

/** Tests that read services.ts, the documents or the guide; the other ones import no service. */
const TESTS_OF_TREE = ["deployment", "tests/conformance", "tests/project", "tools/settings"];

/** Returns the paths of these tests. */
async function testsOfTree(): Promise<readonly string[]> {
  const tools = await Array.fromAsync(Deno.readDir(join(ROOT, "tools")), ({ name }) => `tools/${name}`);
  return [...TESTS_OF_TREE, ...tools.filter((path) => path.endsWith("_test.ts"))];
}

/** Returns the names of the documents that services mount, as in /openapi/<name>.json. */
async function documentsOf(names: readonly string[]): Promise<readonly string[]> {
  const paths = (await Promise.all(names.map(filesOfService))).flatMap(({ paths }) => paths);
  return paths.flatMap((path) => /^api\/(\w+)api$/.exec(path)?.[1] ?? []);
}

async function statusOf(address: string): Promise<number> {
  const response = await fetch(address);
  await response.body?.cancel();
  return response.status;
}

/** Asserts that a program serves these documents and an operation of each without arguments. */
async function assertServed(url: string, documents: readonly string[]): Promise<void> {
  for (const name of documents) {
    const response = await fetch(`${url}/openapi/${name}.json`);
    assertEquals([name, response.status], [name, 200]);
    const { paths }: { paths: Record<string, { get?: unknown }> } = await response.json();
    const list = Object.keys(paths).find((path) =>
      /^\/v\d/.test(path) && !path.includes("{") && paths[path]?.get
    );
    if (list !== undefined) assertEquals([list, await statusOf(url + list)], [list, 200]);
  }
}

for (const [title, removed] of REMOVALS) {
  Deno.test(`${title} can be removed: git rm and a line of services.ts`, async (t) => {
    await using copy = await TreeCopy.make();
    for (const name of removed) await copy.removeService(await filesOfService(name));
    const left = services.map(({ name }) => name).filter((name) => !removed.includes(name));
    await t.step("deno task check succeeds", async () => void await copy.task("check"));
    await t.step("the program serves the remaining documents", async () => {
      const data = await Deno.makeTempDir({ prefix: "archway_removal_" });
      try {
        const options = { root: copy.path, main: "main.ts", fromSource: true };
        await using program = new Program({ EMBEDDED_DATA_DIR: data }, [], options);
        const url = await program.url;
        await untilReady(url);
        await assertServed(url, await documentsOf(left));
        for (const name of await documentsOf(removed)) {
          assertEquals([name, await statusOf(`${url}/openapi/${name}.json`)], [name, 404]);
        }
        assertEquals((await program.stop()).code, 0);
        await using help = new Program({}, ["help"], options);
        const { code, stdout } = await help.ended();
        assertEquals(code, 0);
        const background = (module: ServiceModule): boolean => module.hasBackground === true;
        const works = services.filter(({ name }) => left.includes(name)).some(background);
        assertEquals(/^ +worker /m.test(stdout), works);
      } finally {
        await Deno.remove(data, { recursive: true });
      }
    });
    await t.step("the tests that it concerns succeed", async () => {
      await copy.task("test", ...await testsOfTree());
    });
  });
}

Deno.test("a service with an unlisted requirement is rejected with one message", async () => {
  const [dependent] = services.filter(({ requires = [] }) => requires.length > 0);
  if (dependent === undefined) return;
  const [required = ""] = dependent.requires ?? [];
  await using copy = await TreeCopy.make();
  const { module } = await filesOfService(required);
  await copy.edit("services.ts", (text) => text.replace(new RegExp(`\\b${module},\\s`), ""));
  await using program = new Program({}, ["help"], { root: copy.path, main: "main.ts", fromSource: true });
  const { code, stderr } = await program.ended();
  assert(code !== 0);
  assertStringIncludes(stderr, `${dependent.name} requires ${required}`);
});
