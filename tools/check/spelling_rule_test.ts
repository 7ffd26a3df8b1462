import { assertEquals } from "@std/assert";
import { misspelledImports } from "./spelling_rule.ts";
import { treeOf } from "./testing/tree_of.ts";

function check(path: string, specifier: string): readonly string[] {
  return misspelledImports(treeOf({ [path]: `import "${specifier}";` }));
}

Deno.test("misspelledImports() requires relative imports inside a room", () => {
  assertEquals(check("server/a.ts", "@archway/server/b.ts"), [
    "server/a.ts:1: imports @archway/server/b.ts; use a relative import inside server/",
  ]);
  assertEquals(check("db/postgres/a.ts", "@archway/db/db.ts"), [
    "db/postgres/a.ts:1: imports @archway/db/db.ts; use a relative import inside db/",
  ]);
  assertEquals(check("server/body/a.ts", "../problem.ts"), []);
  assertEquals(check("db/postgres/a.ts", "../db.ts"), []);
});

Deno.test("misspelledImports() requires the prefix between rooms, including tests", () => {
  assertEquals(check("tools/check/a_test.ts", "../../platform/config/config.ts"), [
    "tools/check/a_test.ts:1: imports ../../platform/config/config.ts; " +
    "use @archway/config/config.ts",
  ]);
  assertEquals(check("platform/config/a.ts", "../../db/postgres/pool_config.ts"), [
    "platform/config/a.ts:1: imports ../../db/postgres/pool_config.ts; " +
    "use @archway/db/postgres/pool_config.ts",
  ]);
  assertEquals(check("platform/config/a.ts", "@archway/db/postgres/pool_config.ts"), []);
});

Deno.test("misspelledImports() accepts relative paths to rooms without a prefix", () => {
  assertEquals(check("services.ts", "./widget_service/module.ts"), []);
  assertEquals(check("main.ts", "./services.ts"), []);
});

Deno.test("misspelledImports() rejects URLs that bypass the import map", () => {
  for (const address of ["npm:left-pad@1", "jsr:@std/path", "https://example.com/a.ts"]) {
    assertEquals(check("server/a.ts", address), [
      `server/a.ts:1: imports ${address}; add it to the imports of deno.json`,
    ]);
  }
});
