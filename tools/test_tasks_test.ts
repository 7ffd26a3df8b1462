import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { readOmissions } from "./platform/omissions.ts";

const ROOT = join(import.meta.dirname ?? ".", "..");

const config: { readonly tasks: Record<string, { readonly command: string }> } = JSON.parse(
  await Deno.readTextFile(join(ROOT, "deno.json")),
);

/** Returns the folders that a task leaves out, as `--ignore` lists them. */
function ignoredBy(command = ""): readonly string[] {
  return foldersOf((/--ignore=(\S+)$/.exec(command)?.[1] ?? "").split(","));
}

function foldersOf(list: readonly string[]): readonly string[] {
  return list.map((path) => path.replaceAll('"', "").replace(/(?<=e2e)\/\*\*\/\*_test\.ts$/, ""));
}

/** Folders that `test:platform` leaves to `test` of a project. */
const OF_PROJECT = ["deployment", "tests/project", "*_service"];

Deno.test("the tasks test:platform, test, test:slow and test:copies cover all tests together", () => {
  const { test, "test:platform": platform, "test:slow": slow, "test:copies": copies } = config.tasks;
  const [, list = ""] = /--parallel (.+)$/.exec(slow?.command ?? "") ?? [];
  const left = [...foldersOf(list.split(" ")), ...(copies === undefined ? [] : ["tests/copies"])].toSorted();
  assertEquals(
    [...ignoredBy(platform?.command).filter((path) => !OF_PROJECT.includes(path)), "deployment/postgres"]
      .toSorted(),
    left,
  );
  // In the template it runs everything, in a project what is not the platform's.
  if (copies !== undefined) assertEquals(ignoredBy(test?.command).toSorted(), left);
});

Deno.test("the task test of a project leaves out every folder of the platform but tests/project", async () => {
  const { paths, ownTasks: { test: own } = {} } = await readOmissions(ROOT);
  const ignored = ignoredBy(own?.command);
  const tests = await Array.fromAsync(Deno.readDir(join(ROOT, "tests")), ({ name }) => `tests/${name}`);
  const platform = ["db", "platform", "server", "tools", ...tests].filter((path) => !paths.includes(path));
  assertEquals(
    platform.filter((path) => !ignored.includes(path)),
    ["tests/project"],
  );
});
