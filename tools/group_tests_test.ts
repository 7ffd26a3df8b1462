import { assertEquals } from "@std/assert";
import { dirname, join } from "node:path";
import { findTests, groupTests } from "./group_tests.ts";

const FILES = [
  "a_service/e2e/start_test.ts",
  "a_service/module.ts",
  "a_service/module_test.ts",
  "db/copy/copy_test.ts",
  "db/copy_of/rows_slow_test.ts",
  "db/copy_of/rows_test.ts",
  "dist/tests/db_test.ts",
  "node_modules/of/other_test.ts",
];

async function find(
  selected: readonly string[],
  ignored: readonly string[] = [],
): Promise<readonly string[]> {
  const root = await Deno.makeTempDir();
  try {
    for (const file of FILES) {
      await Deno.mkdir(dirname(join(root, file)), { recursive: true });
      await Deno.writeTextFile(join(root, file), "");
    }
    return await findTests(root, { selected, ignored });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("findTests() finds all tests of the project, or those of files, folders and patterns", async () => {
  const all = FILES.slice(0, 6).filter((file) => file.endsWith("_test.ts"));
  assertEquals(await find([]), all);
  assertEquals(await find(["."]), all);
  assertEquals(await find(["db/copy", "./a_service/module_test.ts"]), [
    "a_service/module_test.ts",
    "db/copy/copy_test.ts",
  ]);
  assertEquals(await find(["*_service/", "**/*_slow_test.ts"]), [
    "a_service/e2e/start_test.ts",
    "a_service/module_test.ts",
    "db/copy_of/rows_slow_test.ts",
  ]);
});

Deno.test("findTests() leaves out ignored files, folders and patterns", async () => {
  assertEquals(await find([], ["db/copy", "**/e2e", "**/*_slow_test.ts"]), [
    "a_service/module_test.ts",
    "db/copy_of/rows_test.ts",
  ]);
  assertEquals(await find(["db"], ["db/copy_of"]), ["db/copy/copy_test.ts"]);
});

Deno.test("groupTests() divides the tests of each top folder into groups of at most ten neighbours", () => {
  const tests = Array.from({ length: 12 }, (_, index) => `b/${String(index).padStart(2, "0")}_test.ts`);
  assertEquals(groupTests(["a/x_test.ts", ...tests]), [["a/x_test.ts"], tests.slice(0, 10), tests.slice(10)]);
  assertEquals(groupTests(["a/x_test.ts", "tests/y_test.ts"]), [["tests/y_test.ts"], ["a/x_test.ts"]]);
  assertEquals(groupTests([]), []);
});
