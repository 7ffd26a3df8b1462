import { assertEquals } from "@std/assert";
import type { ApiModule } from "@archway/server/api_module.ts";
import { defineService, type MountedService } from "@archway/service_kit/service_module.ts";
import { welcome } from "./welcome.ts";

function api(name: string): ApiModule {
  return { name, routes: [], document: "{}", problemTypes: [], problemOf: () => undefined };
}

Deno.test("welcome() shows the address, the database, example requests and OpenAPI documents", () => {
  const mount = (): MountedService => ({});
  const services = [
    defineService({ name: "orders", examples: ["curl {url}/v1/orders", "open {url} {url}/docs"], mount }),
    defineService({ name: "events", mount }),
    defineService({ name: "customers", examples: ["curl {url}/v1/customers"], mount }),
  ];
  const text = welcome({
    url: "http://127.0.0.1:8080",
    database: "embedded",
    project: { name: "shop", services },
    mounted: {
      services: [{ api: { ...api("webhook"), isShared: true } }, { api: api("order") }, {}, {
        api: api("customer"),
      }],
    },
  });
  assertEquals(
    text,
    `
  Shop is listening on http://127.0.0.1:8080
  Database: embedded

  Try it:
    curl http://127.0.0.1:8080/v1/orders
    open http://127.0.0.1:8080 http://127.0.0.1:8080/docs
    curl http://127.0.0.1:8080/v1/customers

  OpenAPI documents:
    http://127.0.0.1:8080/openapi/order.json
    http://127.0.0.1:8080/openapi/customer.json
    http://127.0.0.1:8080/openapi/webhook.json

`,
  );
});

Deno.test("welcome() omits documents that are not served", () => {
  const mounted = { services: [{ api: api("order") }] };
  const text = welcome({
    url: "http://[::1]:1",
    database: "embedded",
    project: { name: "shop", services: [] },
    mounted,
    documents: false,
  });
  assertEquals(text, "\n  Shop is listening on http://[::1]:1\n  Database: embedded\n\n");
});

Deno.test("welcome() omits empty sections", () => {
  const text = welcome({
    url: "http://[::1]:1",
    database: "postgres.internal:5432",
    project: { name: "shop", services: [] },
    mounted: { services: [] },
  });
  assertEquals(text, "\n  Shop is listening on http://[::1]:1\n  Database: postgres.internal:5432\n\n");
});
