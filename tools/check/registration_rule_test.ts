import { assertEquals } from "@std/assert";
import { unregistered } from "./registration_rule.ts";
import { treeOf } from "./testing/tree_of.ts";

/** Tree in which everything is registered. */
const WHOLE = {
  "services.ts": `import { eventsModule } from "@archway/events/module.ts";
import { widgetModule } from "./widget_service/module.ts";
export const services: readonly ServiceModule[] = [eventsModule, widgetModule];`,
  "widget_service/module.ts": `import { join } from "node:path";
import { spec } from "@archway/api/widgetapi/spec.gen.ts";
export const widgetModule = defineService({ migrations: join(import.meta.dirname ?? "", "migrations") });`,
  "widget_service/migrations/1_create.sql": "create table widgets (id uuid);",
  "platform/events/module.ts": `import { spec } from "@archway/api/webhookapi/spec.gen.ts";
export const eventsModule = defineService({ migrations: new URL("./migrations/", import.meta.url).pathname });`,
  "platform/events/migrations/2_create.sql": "create table events (id uuid);",
  "oapi/cfg.server.widget.yaml": "spec: widget-api-spec.yaml\noutput: ../api/widgetapi\n",
  "oapi/widget-api-spec.yaml": "openapi: 3.1.0",
  "oapi/cfg.server.webhook.yaml": "spec: webhook-api-spec.yaml\noutput: ../api/webhookapi\n",
  "oapi/webhook-api-spec.yaml": "openapi: 3.1.0",
  "oapi/common.yaml": "components: {}",
};

function check(changes: Readonly<Record<string, string | undefined>>): readonly string[] {
  const files = Object.entries({ ...WHOLE, ...changes })
    .flatMap(([path, text]) => text === undefined ? [] : [[path, text] as const]);
  return unregistered(treeOf(Object.fromEntries(files)));
}

Deno.test("unregistered() finds nothing if everything is registered", () => {
  assertEquals(check({}), []);
});

Deno.test("unregistered() finds a service that services.ts does not list", () => {
  assertEquals(
    check({
      "services.ts": `import { widgetModule } from "./widget_service/module.ts"; export const services = [];`,
    }),
    [
      "widget_service/: not served; list the module of widget_service/module.ts in services.ts",
      "oapi/cfg.server.widget.yaml: not served; nothing that services.ts lists imports api/widgetapi",
    ],
  );
  assertEquals(check({ "gadget_service/app.ts": "export {};" }), [
    "gadget_service/: has no module.ts to list in services.ts",
  ]);
});

Deno.test("unregistered() finds migrations that no module refers to", () => {
  const module = WHOLE["widget_service/module.ts"].replace('"migrations"', '"tables"');
  assertEquals(check({ "widget_service/module.ts": module }), [
    "widget_service/migrations: never applied; widget_service/module.ts does not refer to it",
  ]);
  assertEquals(
    check({ "platform/service_kit/keys/migrations/3_create.sql": "create table keys (id uuid);" }),
    [
      "platform/service_kit/keys/migrations: never applied; nothing in platform/service_kit/ refers to it",
    ],
  );
  const source = 'export const migrations = new URL("./migrations", import.meta.url);';
  assertEquals(
    check({
      "platform/service_kit/keys/migrations/3_create.sql": "create table keys (id uuid);",
      "platform/service_kit/keys/source.ts": source,
    }),
    [],
  );
});

Deno.test("unregistered() finds an OpenAPI document that nothing serves, or nothing is generated from", () => {
  const [, ...lines] = WHOLE["widget_service/module.ts"].split("\n");
  const module = lines.filter((line) => !line.includes("spec.gen.ts")).join("\n");
  assertEquals(check({ "widget_service/module.ts": module }), [
    "oapi/cfg.server.widget.yaml: not served; nothing that services.ts lists imports api/widgetapi",
  ]);
  assertEquals(check({ "oapi/gadget-api-spec.yaml": "openapi: 3.1.0" }), [
    "oapi/gadget-api-spec.yaml: nothing is generated from it; add oapi/cfg.server.<name>.yaml",
  ]);
});

Deno.test("unregistered() allows a capability of the platform to be omitted", () => {
  const text =
    `import { widgetModule } from "./widget_service/module.ts"; export const services = [widgetModule];`;
  assertEquals(check({ "services.ts": text }), []);
});

Deno.test("unregistered() requires a list in services.ts", () => {
  const violation = "services.ts: exports no list of services; add: export const services = [aModule];";
  assertEquals(check({ "services.ts": "export const others = [];" }), [violation]);
  assertEquals(check({ "services.ts": undefined }), [violation]);
});
