import { assert, assertEquals } from "@std/assert";
import { moduleGraph } from "./compile_flags.ts";
import { PACKAGES } from "./check/packages.ts";

/** Modules that `serve` loads on demand on its way to the first response. */
const OF_SERVE = ["platform/program/serve.ts", "platform/program/build_server.ts"];

/** Packages of the platform that every start needs. The others cost each start 1 to 10 ms, and are loaded on demand. */
const EAGER = new Set([
  ...[
    "@hono/hono",
    "@logtape/logtape",
    "@logtape/redaction",
    "@noble/hashes",
    "croner",
    "ipaddr.js",
    "negotiator",
  ],
  ...["postgres-array", "rfc6902", "standardwebhooks", "uuid"],
]);

/** Modules of Node.js that load much of it with them. */
const LARGE_BUILTINS = ["node:http", "node:https", "node:http2", "node:zlib", "node:worker_threads"];

/** Limits of what a start loads of the platform: each module costs it about 0.1 ms, and each 100 KB about 1 ms. */
const MAX_MODULES = 420;
const MAX_BYTES = 1_385_000;

/** Parts of the program that only other commands, databases or settings need, by their paths. */
const ON_DEMAND =
  /^(?:db\/(?:copy|embedded\/start_embedded|postgres\/(?:migration_lint\/|lint_migrations|migration\/run_migration|connection\/postgres_js_session))|server\/(?:authentication\.ts|auth\/|listener\/connection_limits\/limited_listener|rate_limit\/(?:memory|store)_)|platform\/(?:cockpit\/(?!module\.ts)|conformance\/|events\/(?:all_events_export|event_export|developer\/|worker|broker\/nats_broker|webhooks\/delivery\/(?:post_message|target\/resolve))|export\/(?:schedule\/scheduled_|run\/|storage\/)|jobs\/(?:developer\/|worker\/job_worker|command\/run_)|observability\/logging\/terminal_|privacy\/(?:cipher\/|privacy_tasks|audit\/close_)|service_kit\/(?:api_keys\/|table_export)|program\/(?:lambda|workers\/supervise|[a-z_]+_command\.ts))|[a-z]+_service\/(?:export\/|rebuild\/rebuild_projections|seed\/(?:run_seed|seed_(?:payments|profiles))))/;

Deno.test("serve loads nothing before its first response that only other commands or settings need", async () => {
  const { roots, redirects, modules } = await moduleGraph("main.ts");
  const bySpecifier = new Map(modules.map((module) => [module.specifier, module]));
  const [main = ""] = roots;
  const root = main.replace(/main\.ts$/, "");
  const loaded = new Set([main, ...OF_SERVE.map((path) => root + path)]);
  // A set also iterates over what is added meanwhile.
  for (const specifier of loaded) {
    for (const { code, isDynamic = false } of bySpecifier.get(specifier)?.dependencies ?? []) {
      if (!isDynamic && code?.specifier !== undefined) {
        loaded.add(redirects[code.specifier] ?? code.specifier);
      }
    }
  }
  const packages = [...loaded]
    .map((specifier) => bySpecifier.get(specifier)?.npmPackage?.replace(/(?<=.)@.*$/, "") ?? "")
    .map((name) => name === "hono" ? "@hono/hono" : name);
  // Those of the services themselves are for their authors to decide about.
  const late = [...new Set(packages)].filter((name) => name in PACKAGES && !EAGER.has(name));
  assertEquals(late, []);
  assert(packages.includes("uuid"), "No package is found");
  const own = [...loaded].filter((specifier) => specifier.startsWith(root)).map((path) =>
    path.slice(root.length)
  );
  assertEquals(own.filter((path) => ON_DEMAND.test(path)), []);
  const ofPlatform = own.filter((path) => /^(?:db|platform|server)\//.test(path));
  const bytes = ofPlatform.reduce((sum, path) => sum + (bySpecifier.get(root + path)?.size ?? 0), 0);
  const growth = "load what few starts need on demand, or raise the limit";
  assert(ofPlatform.length <= MAX_MODULES, `A start loads ${ofPlatform.length} modules: ${growth}`);
  assert(bytes <= MAX_BYTES, `A start loads ${bytes} bytes of modules: ${growth}`);
  assertEquals(LARGE_BUILTINS.filter((name) => loaded.has(name)), []);
});
