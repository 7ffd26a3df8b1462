import { assertEquals } from "@std/assert";
import { brokenLayers } from "./layer_rule.ts";
import { treeOf } from "./testing/tree_of.ts";

function check(files: Readonly<Record<string, string>>): readonly string[] {
  return brokenLayers(treeOf(files).files);
}

Deno.test("brokenLayers() rejects a use case that reaches HTTP, an API or a driver through other files", () => {
  const ends: readonly (readonly [string, string])[] = [
    ["@archway/server/problem.ts", "server/problem.ts"],
    ["@archway/api/aapi/spec.gen.ts", "api/aapi/spec.gen.ts"],
    ["@archway/db/postgres/open_pool.ts", "db/postgres/open_pool.ts"],
    ["postgres", "postgres"],
  ];
  for (const app of ["app.ts", "app/pay.ts", "use_cases/pay.ts", "ports.ts", "domain/money.ts"]) {
    for (const [specifier, end] of ends) {
      const found = check({
        [`a_service/${app}`]: 'import "@archway/service_kit/errors.ts";',
        "platform/service_kit/errors.ts": 'import "./texts.ts";',
        "platform/service_kit/texts.ts": `import type { A } from "${specifier}";`,
      });
      assertEquals(found, [
        `a_service/${app} -> platform/service_kit/errors.ts -> platform/service_kit/texts.ts -> ${end}: ` +
        "use cases must not depend on HTTP or a driver",
      ]);
    }
  }
});

Deno.test("brokenLayers() reports an import once, by the shortest path", () => {
  const found = check({
    "a_service/app.ts": 'import "./values.ts"; import "./more.ts";',
    "a_service/more.ts": 'import "./values.ts";',
    "a_service/values.ts": 'import "@archway/server/problem.ts";',
    "a_service/ports.ts": 'import "./more.ts";',
    "server/problem.ts": 'import "./texts.ts";',
  });
  assertEquals(found, [
    "a_service/app.ts -> a_service/values.ts -> server/problem.ts: use cases must not depend on HTTP or a driver",
  ]);
});

Deno.test("brokenLayers() allows HTTP in adapters, and everything in tests", () => {
  assertEquals(
    check({
      "a_service/http/api.ts": 'import "@archway/server/problem.ts"; import "../app.ts";',
      "a_service/app.ts": 'import "@archway/db/db.ts";',
      "a_service/domain/money_test.ts": 'import "postgres";',
    }),
    [],
  );
});

Deno.test("brokenLayers() limits the imports of the domain", () => {
  const imports = (specifier: string): readonly string[] =>
    check({ "a_service/domain/money.ts": `import "${specifier}";` });
  for (const allowed of ["./currency.ts", "@archway/db/timestamp.ts", "@archway/service_kit/money.ts"]) {
    assertEquals(imports(allowed), []);
  }
  const refused: readonly (readonly [string, string])[] = [
    ["../ports.ts", "a_service/ports.ts"],
    ["@archway/db/db.ts", "db/db.ts"],
    ["@archway/events/event.ts", "platform/events/event.ts"],
    ["uuid", "uuid"],
    ["node:crypto", "node:crypto"],
  ];
  for (const [specifier, target] of refused) {
    assertEquals(imports(specifier), [
      `a_service/domain/money.ts:1: imports ${target}: the domain depends only on itself, timestamps and the service kit`,
    ]);
  }
});

Deno.test("brokenLayers() separates the outbox from the destinations of events", () => {
  assertEquals(check({ "platform/events/outbox/a.ts": 'import "../webhooks/b.ts";' }), [
    "platform/events/outbox/a.ts -> platform/events/webhooks/b.ts: " +
    "the store and the outbox must not depend on the destinations of events",
  ]);
});
