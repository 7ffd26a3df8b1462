import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { guidePages } from "./docs/guide_pages.ts";
import { markdownRows } from "./permissions/markdown_rows.ts";
import { isOmitted } from "./platform/omissions.ts";
import { readLock } from "./platform/platform_lock.ts";

const ROOT = join(import.meta.dirname ?? ".", "..");

/** Tables whose rows refer to tests, by chapter and heading. */
const TABLES = [
  ["docs/security.md", "Tests of the measures"],
  ["docs/permissions.md", "Tests"],
  ["docs/audit.md", "Supply-chain audit"],
  ["docs/limits.md", "Sizes"],
  ["docs/operations.md", "Slow clients"],
  ["docs/read-replicas.md", "Retried reads"],
  ["docs/persistence.md", "Failures on one server"],
  ["docs/migrations.md", "Interrupted migrations"],
  ["docs/payments.md", "Failures"],
  ["docs/webhooks.md", "Guarantees"],
] as const;

/** Test that a text refers to. */
interface NamedTest {
  /** Path in the repository; the last part may contain a star. */
  readonly path: string;
  /** Parts of the names of individual tests in it. */
  readonly parts: readonly string[];
}

/**
 * Parses references such as `e2e/auth_test.ts` ("a part of a name", "of another …"). They are in backticks; the parts
 * are optional.
 */
function testsNamed(markdown: string): readonly NamedTest[] {
  const text = markdown.replaceAll(/\s+/g, " ");
  return [...text.matchAll(/`([\w.-]+(?:\/[\w.*-]+)+_test\.ts)`(?: \(("[^)]*")\))?/g)].map(
    ([, path = "", names = ""]) => ({
      path,
      parts: [...names.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name.replace(/ …$/, "")),
    }),
  );
}

/** Returns the tests of a text that do not exist. */
async function missingTests(markdown: string): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const { path, parts } of testsNamed(markdown)) {
    const text = await textOf(path);
    if (text === undefined) missing.push(...await isRemoved(path) ? [] : [path]);
    else missing.push(...parts.filter((part) => !text.includes(part)).map((part) => `${path}: ${part}`));
  }
  return missing;
}

/** Whether a path is in a service, or a capability of the platform, that was removed, or that a project does without. */
async function isRemoved(path: string): Promise<boolean> {
  if (isOmitted(path, { paths: (await readLock(ROOT))?.omitted ?? [] })) return true;
  const [, folder] = /^([a-z0-9_]+_service|platform\/[a-z_]+)\//.exec(path) ?? [];
  return folder !== undefined && !await Deno.stat(join(ROOT, folder)).then(() => true, () => false);
}

/** Returns the texts of all files that match a path with a star; undefined if none. */
async function textOf(path: string): Promise<string | undefined> {
  const [folder = "", ending] = path.split("*");
  if (ending === undefined) return await readIfThere(path);
  if (await isRemoved(folder)) return undefined;
  const names = await Array.fromAsync(Deno.readDir(join(ROOT, folder)), ({ name }) => name);
  const files = names.filter((name) => name.endsWith(ending));
  return files.length === 0
    ? undefined
    : (await Promise.all(files.map((name) => readIfThere(join(folder, name))))).join("\n");
}

async function readIfThere(path: string): Promise<string | undefined> {
  return await Deno.readTextFile(join(ROOT, path)).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });
}

Deno.test("the guide only refers to existing tests", async (t) => {
  for (const { path, text } of await guidePages()) {
    await t.step(path, async () => assertEquals(await missingTests(text), []));
  }
});

Deno.test("each row of the tables of guarantees refers to a test", async () => {
  for (const [chapter, heading] of TABLES) {
    if (await isRemoved(chapter)) continue;
    const rows = markdownRows(await Deno.readTextFile(join(ROOT, chapter)), heading);
    assert(rows.length > 0, `${chapter} has no table at ${heading}`);
    const without = rows.filter((cells) => !/\w_test\.ts/.test(cells.join(" "))).map(([first]) => first);
    assertEquals(without, [], `${chapter}, ${heading}`);
  }
});

Deno.test("finds a reference to a missing test", async () => {
  const text =
    "in `tests/e2e/process_test.ts`, `tests/e2e/no_such_test.ts` and `server/rate_limit/*_test.ts`, but\n" +
    '`tests/e2e/auth_test.ts` ("archway only\naccepts tokens …", "nor this one") and `server/*_such_test.ts`';
  assertEquals(await missingTests(text), [
    "tests/e2e/no_such_test.ts",
    "tests/e2e/auth_test.ts: nor this one",
    "server/*_such_test.ts",
  ]);
});

Deno.test("ignores tests of removed services and capabilities", async () => {
  const text = "`removed_service/e2e/some_test.ts`, `platform/removed/*_test.ts` and `removed/some_test.ts`";
  assertEquals(await missingTests(text), ["removed/some_test.ts"]);
});
