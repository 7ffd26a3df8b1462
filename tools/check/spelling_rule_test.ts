import { assertEquals } from "@std/assert";
import { misspelledImports } from "./spelling_rule.ts";
import { treeOf } from "./testing/tree_of.ts";

function check(path: string, specifier: string): readonly string[] {
  return misspelledImports(treeOf({ [path]: `import "${specifier}";` }));
}

Deno.test("misspelledImports() wants relative imports inside a room", () => {
  assertEquals(check("server/a.ts", "@archway/server/b.ts"), [
    "server/a.ts:1: imports @archway/server/b.ts; inside server/ imports are relative",
  ]);
  assertEquals(check("db/postgres/a.ts", "@archway/db/db.ts"), [
    "db/postgres/a.ts:1: imports @archway/db/db.ts; inside db/ imports are relative",
  ]);
  assertEquals(check("server/body/a.ts", "../problem.ts"), []);
  assertEquals(check("db/postgres/a.ts", "../db.ts"), []);
});

Deno.test("misspelledImports() wants the room's prefix between rooms, in tests as well", () => {
  assertEquals(check("tools/check/a_test.ts", "../../platform/config/config.ts"), [
    "tools/check/a_test.ts:1: imports ../../platform/config/config.ts; " +
    "from other rooms it is @archway/config/config.ts",
  ]);
  assertEquals(check("platform/config/a.ts", "../../db/postgres/pool_config.ts"), [
    "platform/config/a.ts:1: imports ../../db/postgres/pool_config.ts; " +
    "from other rooms it is @archway/db/postgres/pool_config.ts",
  ]);
  assertEquals(check("platform/config/a.ts", "@archway/db/postgres/pool_config.ts"), []);
});

Deno.test("misspelledImports() accepts relative paths to rooms without a prefix", () => {
  assertEquals(check("services.ts", "./widget_service/module.ts"), []);
  assertEquals(check("main.ts", "./services.ts"), []);
});

Deno.test("misspelledImports() refuses addresses that pass the import map by", () => {
  for (const address of ["npm:left-pad@1", "jsr:@std/path", "https://example.com/a.ts"]) {
    assertEquals(check("server/a.ts", address), [
      `server/a.ts:1: imports ${address}; name it in the imports of deno.json`,
    ]);
  }
});
