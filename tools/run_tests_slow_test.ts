import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";

const TASK = join(import.meta.dirname ?? ".", "run_tests.ts");

const FILES = {
  "deno.json": `{ "test": { "permissions": {} } }`,
  "a/first_test.ts": `Deno.test("first() succeeds", () => {});`,
  "a/second_test.ts": `Deno.test("second() fails", () => {\n  throw new Error("planted");\n});`,
  "b/third_test.ts": `Deno.test("third() succeeds", () => {});`,
};

async function runTests(root: string, args: readonly string[]): Promise<{ code: number; output: string }> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-P=test", TASK, ...args],
    ...{ cwd: root, env: { NO_COLOR: "1" } },
  });
  const { code, stdout, stderr } = await command.output();
  return { code, output: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

Deno.test("deno task test runs files in groups, and reports each failed test with its own file", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(root, "a"));
    await Deno.mkdir(join(root, "b"));
    for (const [path, text] of Object.entries(FILES)) await Deno.writeTextFile(join(root, path), text);

    const all = await runTests(root, ["--ignore=dist"]);
    assertEquals(all.code, 1);
    assertStringIncludes(all.output, "2 passed | 1 failed");
    assertStringIncludes(all.output, "second() fails => ./a/second_test.ts:1:6");

    const filtered = await runTests(root, ["--filter", "first()", "a"]);
    assertEquals(filtered.code, 0);
    assertStringIncludes(filtered.output, "1 passed | 0 failed");

    const succeeding = await runTests(root, ["--fail-fast", "b"]);
    assertEquals(succeeding.code, 0);
    assertStringIncludes(succeeding.output, "1 passed | 0 failed");

    const without = await runTests(root, ["--ignore=a/second_test.ts", "a", "b"]);
    assertEquals(without.code, 0);
    assertStringIncludes(without.output, "2 passed | 0 failed");

    assertEquals(await runTests(root, ["c"]), { code: 1, output: "c does not exist\n" });
    assertEquals(await Array.fromAsync(Deno.readDir(join(root, "dist"))), []);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
