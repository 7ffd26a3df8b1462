import { assertEquals } from "@std/assert";
import { environmentReaders } from "./environment_rule.ts";
import { treeOf } from "./testing/tree_of.ts";

function check(path: string, text: string): readonly string[] {
  return environmentReaders(treeOf({ [path]: text }).files);
}

Deno.test("environmentReaders() finds every way to read the environment", () => {
  const ways = [
    'Deno.env.get("HOME");',
    'Deno["env"].get("HOME");',
    "globalThis.Deno.env.toObject();",
    "const { env } = Deno;",
    "const { env: variables } = Deno;",
    'import process from "node:process"; process.env;',
    'import { env } from "node:process";',
  ];
  for (const way of ways) {
    assertEquals([way, check("server/a.ts", `\n${way}`)], [way, [
      "server/a.ts:2: reads the environment; only platform/program/ may, and passes settings on",
    ]]);
  }
});

Deno.test("environmentReaders() allows it in the program, tools and tests", () => {
  for (
    const path of [
      "main.ts",
      "platform/program/run.ts",
      "tools/a.ts",
      "tests/a.ts",
      "db/a_test.ts",
      "db/testing/a.ts",
    ]
  ) {
    assertEquals(check(path, 'Deno.env.get("HOME");'), []);
  }
});

Deno.test("environmentReaders() ignores other members, comments and texts", () => {
  assertEquals(check("server/a.ts", 'settings.env; // Deno.env\nconst A = "Deno.env";'), []);
});
