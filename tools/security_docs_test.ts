import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";

const ROOT = join(import.meta.dirname ?? ".", "..");

/** The chapters whose tables say which test holds what they promise; those that are there. */
const CHAPTERS = ["docs/security.md", "docs/permissions.md", "docs/audit.md", "docs/webhooks.md"];

/** A path of this repository in backticks, such as `e2e/auth_test.ts`, in a row of a table. */
function testsNamed(markdown: string): readonly string[] {
  const cells = markdown.split("\n").filter((line) => line.startsWith("|")).join("\n");
  return [...cells.matchAll(/`([\w.-]+(?:\/[\w.-]+)*_test\.ts)`/g)].map(([, path = ""]) => path);
}

/** What a chapter's tables name and is no file. */
async function missingTests(markdown: string): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const path of new Set(testsNamed(markdown))) {
    const found = await Deno.stat(join(ROOT, path)).then(({ isFile }) => isFile, () => false);
    if (!found) missing.push(path);
  }
  return missing;
}

Deno.test("the tables of the chapters on security name tests that exist", async (t) => {
  for (const chapter of CHAPTERS) {
    const text = await Deno.readTextFile(join(ROOT, chapter)).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    });
    if (text === undefined) continue;
    await t.step(chapter, async () => {
      assert(testsNamed(text).length > 0, "Its tables name no test");
      assertEquals(await missingTests(text), []);
    });
  }
});

Deno.test("a test that is named and does not exist is found", async () => {
  const table =
    "| What | Where |\n| - | - |\n| a | `e2e/profile_test.ts`, `e2e/no_such_test.ts` |\n`not_a_row_test.ts`";
  assertEquals(await missingTests(table), ["e2e/no_such_test.ts"]);
});
