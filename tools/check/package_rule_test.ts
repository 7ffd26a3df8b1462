import { assertEquals } from "@std/assert";
import { unboundPackages } from "./package_rule.ts";
import { treeOf } from "./testing/tree_of.ts";

function check(path: string, specifier: string): readonly string[] {
  return unboundPackages(treeOf({ [path]: `import "${specifier}";` }));
}

Deno.test("unboundPackages() rejects a package outside its room", () => {
  const bound: readonly (readonly [string, string, string])[] = [
    ["@electric-sql/pglite/contrib/citext", "@electric-sql/pglite", "db/embedded/"],
    ["postgres", "postgres", "db/postgres/"],
    ["@hono/hono/html", "@hono/hono", "server/"],
    ["@std/http/etag", "@std/http", "server/"],
    ["@nats-io/nats-core", "@nats-io/nats-core", "platform/events/broker/, platform/events/connect_nats.ts"],
    ["standardwebhooks", "standardwebhooks", "platform/events/webhooks/"],
    ["@opentelemetry/api", "@opentelemetry/api", "platform/observability/"],
    ["ioredis", "ioredis", "server/rate_limit/"],
    ["jose", "jose", "server/auth/"],
  ];
  for (const [specifier, name, folders] of bound) {
    assertEquals(check("widget_service/a.ts", specifier), [
      `widget_service/a.ts:1: imports ${name}, which only these folders may import: ${folders}`,
    ]);
  }
});

Deno.test("unboundPackages() allows a package in its room, and any in tests and tools", () => {
  assertEquals(check("db/postgres/connection/a.ts", "postgres"), []);
  assertEquals(check("widget_service/seed/a.ts", "@faker-js/faker/locale/de"), []);
  assertEquals(check("server/a_test.ts", "postgres"), []);
  assertEquals(check("tools/a.ts", "left-pad"), []);
  assertEquals(check("server/a.ts", "node:net"), []);
});

Deno.test("unboundPackages() rejects a package that is assigned to no room", () => {
  assertEquals(check("widget_service/a.ts", "left-pad"), [
    "widget_service/a.ts:1: imports left-pad, which is assigned to no room; a service adds its own with " +
    '"scopes": { "./widget_service/": { "left-pad": "npm:…" } } in deno.json, the platform in tools/check/packages.ts',
  ]);
});

Deno.test("unboundPackages() accepts a scope of deno.json", () => {
  const scopes = { "./widget_service/": { "left-pad": "npm:left-pad@1" } };
  const tree = treeOf({
    "deno.json": JSON.stringify({ scopes }),
    "widget_service/http/a.ts": 'import "left-pad";',
    "gadget_service/a.ts": 'import "left-pad";',
  });
  assertEquals(unboundPackages(tree), [
    "gadget_service/a.ts:1: imports left-pad, which only these folders may import: widget_service/",
  ]);
});
