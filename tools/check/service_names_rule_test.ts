import { assertEquals } from "@std/assert";
import { namedServices } from "./service_names_rule.ts";
import { treeOf } from "./testing/tree_of.ts";

const SERVICE = { "widget_service/module.ts": 'const NAME = "widget_service";' };

Deno.test("namedServices() finds the name of a service outside of it, including tests", () => {
  for (
    const path of ["platform/program/a.ts", "tools/a.ts", "tests/e2e/a.ts", "server/a_test.ts", "main.ts"]
  ) {
    assertEquals(namedServices(treeOf({ ...SERVICE, [path]: '\nconst A = "widget_service/migrations";' })), [
      `${path}:2: names widget_service; only services.ts may name services`,
    ]);
  }
});

Deno.test("namedServices() ignores services.ts, comments, imports and other names", () => {
  const tree = treeOf({
    ...SERVICE,
    "services.ts": 'import { a } from "./widget_service/module.ts"; const A = "widget_service";',
    "server/a.ts": '// widget_service\nconst A = "gadget_service my_widget_service";',
  });
  assertEquals(namedServices(tree), []);
});

Deno.test("namedServices() ignores the platform of a project, which its template has checked", () => {
  const names = {
    "server/a_test.ts": 'const A = "widget_service";',
    "tools/b.ts": 'const B = "widget_service";',
  };
  assertEquals(namedServices(treeOf({ ...SERVICE, ...names }), new Set(["server/a_test.ts"])), [
    "tools/b.ts:1: names widget_service; only services.ts may name services",
  ]);
});

Deno.test("namedServices() inspects deno.json except for its import map", () => {
  const json = (rest: unknown): string =>
    JSON.stringify({ imports: { "@archway/widget_service/": "./widget_service/" }, ...Object(rest) });
  assertEquals(namedServices(treeOf({ ...SERVICE, "deno.json": json({}) })), []);
  assertEquals(
    namedServices(
      treeOf({ ...SERVICE, "deno.json": json({ tasks: { compile: "--include widget_service/x" } }) }),
    ),
    ["deno.json: names widget_service; only services.ts may name services"],
  );
});
