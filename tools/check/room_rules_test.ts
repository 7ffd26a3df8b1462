import { assertEquals } from "@std/assert";
import { brokenRoomRules } from "./room_rules.ts";
import { ROOMS } from "./rooms.ts";
import { treeOf } from "./testing/tree_of.ts";

/** Returns the violations of one file. */
function check(path: string, text: string): readonly string[] {
  return brokenRoomRules(treeOf({ [path]: text }).files);
}

/** Returns the violation of an import, without its position. */
function checkImport(path: string, specifier: string): string | undefined {
  return check(path, `import "${specifier}";`)[0]?.replace(`${path}:1: `, "");
}

Deno.test("brokenRoomRules() reports the line of an import", () => {
  assertEquals(check("db/pool.ts", '// One.\n\nimport "@archway/server/logger.ts";'), [
    "db/pool.ts:3: imports server/; db/ may import itself",
  ]);
});

Deno.test("brokenRoomRules() rejects imports that are not in a room's list", () => {
  const refused: readonly (readonly [string, string, string])[] = [
    ["server/a.ts", "@archway/db/db.ts", "imports db/; server/ may import itself"],
    ["db/a.ts", "./postgres/open_pool.ts", "imports db/postgres/; db/ may import itself"],
    ["db/copy/a.ts", "../embedded/a.ts", "imports db/embedded/; db/copy/ may import itself, db/"],
    ["db/copy/a.ts", "../postgres/a.ts", "imports db/postgres/; db/copy/ may import itself, db/"],
    ["api/profileapi/a.ts", "@archway/db/db.ts", "imports db/; api/profileapi/ may import itself, server/"],
    ["api/aapi/a.ts", "../bapi/b.ts", "imports api/bapi/; api/aapi/ may import itself, server/"],
    [
      "platform/service_kit/a.ts",
      "@archway/events/a.ts",
      "imports platform/events/; platform/service_kit/ may import itself, db/, server/",
    ],
    [
      "platform/observability/a.ts",
      "@archway/events/a.ts",
      "imports platform/events/; platform/observability/ may import itself, db/, server/, platform/service_kit/",
    ],
    [
      "platform/events/outbox/a.ts",
      "@archway/server/a.ts",
      "imports server/; platform/events/ may import itself, db/, platform/service_kit/, platform/queue/",
    ],
    [
      "main.ts",
      "@archway/db/a.ts",
      "imports db/; main.ts may import itself, services.ts, config.ts, platform/program/",
    ],
    [
      "config.ts",
      "@archway/db/a.ts",
      "imports db/; config.ts may import itself, deno.json, platform/config/, platform/program/, platform/service_kit/",
    ],
  ];
  for (const [path, specifier, violation] of refused) assertEquals(checkImport(path, specifier), violation);
});

Deno.test("brokenRoomRules() only allows services to import the events capability", () => {
  for (
    const room of ["server", "db", "platform/config", "platform/program", "platform/service_kit", "tools"]
  ) {
    assertEquals(
      checkImport(`${room}/a.ts`, "@archway/events/a.ts")?.replace(/; .*/, ""),
      "imports platform/events/",
    );
  }
  assertEquals(checkImport("widget_service/a.ts", "@archway/events/a.ts"), undefined);
});

Deno.test("brokenRoomRules() allows the listed imports", () => {
  const allowed: readonly (readonly [string, string])[] = [
    ["server/a.ts", "./body/b.ts"],
    ["db/postgres/a.ts", "../db.ts"],
    ["db/embedded/a.ts", "../postgres/pool_config.ts"],
    ["platform/events/module.ts", "@archway/api/webhookapi/server.gen.ts"],
    ["platform/events/webhooks/management/http/a.ts", "@archway/server/problem.ts"],
    ["widget_service/a.ts", "@archway/api/widgetapi/server.gen.ts"],
    ["widget_service/a.ts", "@archway/api/widget_adminapi/server.gen.ts"],
    ["services.ts", "./widget_service/module.ts"],
    ["services.ts", "@archway/events/module.ts"],
    ["main.ts", "./services.ts"],
    ["main.ts", "@archway/program/run.ts"],
    ["tools/bench/a.ts", "@archway/server/rate_limit/deep/a.ts"],
    ["tools/bench/a.ts", "../../services.ts"],
  ];
  for (const [path, specifier] of allowed) {
    assertEquals([path, checkImport(path, specifier)], [path, undefined]);
  }
});

Deno.test("brokenRoomRules() separates services", () => {
  const list =
    "itself, db/, server/, platform/service_kit/, platform/events/, platform/jobs/, api/aapi/, api/a_*/";
  assertEquals(
    checkImport("a_service/x.ts", "../b_service/module.ts"),
    `imports b_service/; a_service/ may import ${list}`,
  );
  assertEquals(
    checkImport("a_service/x.ts", "@archway/api/bapi/server.gen.ts"),
    `imports api/bapi/; a_service/ may import ${list}`,
  );
  assertEquals(
    checkImport("a_service/x.ts", "@archway/db/postgres/open_pool.ts"),
    `imports db/postgres/; a_service/ may import ${list}`,
  );
});

Deno.test("brokenRoomRules() rejects inner files of other rooms", () => {
  assertEquals(
    checkImport("a_service/x.ts", "@archway/server/strict/a.ts"),
    "imports server/strict/a.ts; the doors of server/ are the files directly in it",
  );
  assertEquals(
    checkImport("services.ts", "./a_service/app.ts"),
    "imports a_service/app.ts; the door of a_service/ is a_service/module.ts",
  );
  assertEquals(
    checkImport("db/embedded/a.ts", "../postgres/connection/a.ts"),
    "imports db/postgres/connection/a.ts; the doors of db/postgres/ are the files directly in it",
  );
});

Deno.test("brokenRoomRules() rejects unlisted folders and files", () => {
  const violation = (path: string): string =>
    `${path}: not in a room; move it into one, or add it to tools/check/rooms.ts with the rooms that it may import`;
  assertEquals(check("helpers/a.ts", ""), [violation("helpers/")]);
  assertEquals(check("platform/cache/deep/a.ts", ""), [violation("platform/cache/")]);
  assertEquals(check("platform/a.ts", ""), [violation("platform/a.ts")]);
  assertEquals(check("run.ts", ""), [violation("run.ts")]);
  assertEquals(
    checkImport("server/a.ts", "../helpers/a.ts"),
    "imports ../helpers/a.ts, which is not in a room",
  );
});

Deno.test("brokenRoomRules() allows tests to cross boundaries", () => {
  const crossing: readonly (readonly [string, string])[] = [
    ["server/a_test.ts", "@archway/db/postgres/connection/a.ts"],
    ["server/testing/a.ts", "@archway/tools/support/a.ts"],
    ["a_service/bench/a.ts", "@archway/tools/bench/report.ts"],
    ["platform/jobs/bench/a.ts", "@archway/tools/bench/report.ts"],
    ["a_service/e2e/a.ts", "../../b_service/app.ts"],
    ["a_service/a_test.ts", "@archway/events/outbox/a.ts"],
    ["platform/program/a_test.ts", "@archway/observability/metrics/a.ts"],
  ];
  for (const [path, specifier] of crossing) {
    assertEquals([path, checkImport(path, specifier)], [path, undefined]);
  }
});

Deno.test("brokenRoomRules() rejects imports of a service in tests elsewhere", () => {
  const importing: readonly (readonly [string, string])[] = [
    ["server/a_test.ts", "../a_service/module.ts"],
    ["platform/events/testing/a.ts", "../../../a_service/module.ts"],
    ["tools/a_test.ts", "../a_service/module.ts"],
    ["tests/e2e/a_test.ts", "../../a_service/module.ts"],
  ];
  for (const [path, specifier] of importing) {
    assertEquals(
      checkImport(path, specifier),
      "a_service/ must be removable with its folder: tests elsewhere must not import it",
    );
  }
});

Deno.test("brokenRoomRules() rejects imports of removable rooms in tests elsewhere", () => {
  const importing: readonly (readonly [string, string, string])[] = [
    ["tests/soak/main.ts", "@archway/events/outbox/a.ts", "platform/events/"],
    ["platform/program/a_test.ts", "@archway/events/module.ts", "platform/events/"],
    ["deployment/a_test.ts", "@archway/api/aapi/server.gen.ts", "api/aapi/"],
  ];
  for (const [path, specifier, room] of importing) {
    assertEquals(
      checkImport(path, specifier),
      `${room} must be removable with its folder: tests elsewhere must not import it`,
    );
  }
});

Deno.test("brokenRoomRules() rejects test support outside tests", () => {
  assertEquals(
    checkImport("server/a.ts", "./testing/b.ts"),
    "imports server/testing/b.ts, which only tests may import",
  );
  assertEquals(checkImport("tools/a.ts", "@archway/tests/a.ts"), "tools/ must not import tests/");
  assertEquals(checkImport("tools/a_test.ts", "@archway/tests/a.ts"), "tools/ must not import tests/");
  assertEquals(
    checkImport("server/a.ts", "@archway/tools/bench/a.ts"),
    "imports tools/; server/ may import itself",
  );
});

Deno.test("brokenRoomRules() rejects product code in folders for tests", () => {
  assertEquals(check("deployment/a.ts", ""), ["deployment/a.ts: deployment/ is for tests only"]);
  assertEquals(check("docs/a_test.ts", ""), []);
});

Deno.test("brokenRoomRules() inspects imports in every form", () => {
  const forms = [
    'export * from "@archway/db/db.ts";',
    'import type { A } from "@archway/db/db.ts";',
    'type A = import("@archway/db/db.ts").A;',
    'const a = await import("@archway/db/db.ts");',
    'const a = import.meta.resolve("@archway/db/db.ts");',
    'const a = new Worker(new URL("../db/db.ts", import.meta.url));',
  ];
  for (const form of forms) {
    assertEquals([form, check("server/a.ts", form)], [form, [
      "server/a.ts:1: imports db/; server/ may import itself",
    ]]);
  }
  assertEquals(check("server/a.ts", "await import(name);"), [
    "server/a.ts:1: imports a module with a computed name",
  ]);
  assertEquals(check("server/a.ts", '// import "@archway/db/db.ts";'), []);
});

Deno.test("ROOMS has no cycle", () => {
  const reached = (path: string, way: readonly string[]): void => {
    assertEquals(way.includes(path), false, `${[...way, path].join(" -> ")} is a cycle`);
    const room = ROOMS.find((room) => room.path === path);
    for (const next of room?.imports ?? []) reached(next, [...way, path]);
  };
  for (const { path } of ROOMS) reached(path, []);
});
