import { assertEquals } from "@std/assert";
import { importedOmissions } from "./omission_rule.ts";
import { treeOf } from "./testing/tree_of.ts";

Deno.test("importedOmissions() finds imports of what projects do without", () => {
  const { files } = treeOf({
    "tools/load/a.ts": 'import "./b.ts";',
    "tools/load/b.ts": "",
    "tools/c.ts": '\nimport "./load/a.ts";',
    "tools/d.ts": 'import "./c.ts"; import "./loader.ts";',
  });
  assertEquals(importedOmissions(files, { paths: ["tools/load"] }), [
    "tools/c.ts:2: imports tools/load/a.ts, which tools/platform/omitted.json keeps out of projects",
  ]);
});
