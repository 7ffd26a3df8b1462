import { assertEquals, assertThrows } from "@std/assert";
import { defineService } from "@archway/service_kit/service_module.ts";
import { serviceMigrations, withRequired } from "./service_databases.ts";

function service(name: string, ...requires: string[]): ReturnType<typeof defineService> {
  return defineService({ name, requires, migrations: `/${name}`, mount: () => ({}) });
}

const KNOWN = [service("invoices", "orders"), service("orders", "queue"), service("queue"), service("other")];

Deno.test("withRequired() adds what services require, and what that requires, before them", () => {
  const names = (...of: string[]): readonly string[] =>
    withRequired(KNOWN.filter(({ name }) => of.includes(name)), KNOWN).map(({ name }) => name);
  assertEquals(names("invoices"), ["queue", "orders", "invoices"]);
  assertEquals(names("orders", "queue"), ["queue", "orders"]);
  assertEquals(names("other"), ["other"]);
});

Deno.test("withRequired() reports a required module that services.ts lacks", () => {
  assertThrows(
    () => withRequired([service("shop", "absent")], KNOWN),
    Error,
    "shop requires absent, which services.ts does not list; add its module",
  );
});

Deno.test("serviceMigrations() lists those of the capabilities that a service requires", () => {
  const sources = serviceMigrations(service("shop", "jobs")).map(({ name }) => name);
  assertEquals(sources, ["idempotency", "api_keys", "jobs", "shop"]);
});
