import { assertEquals } from "@std/assert";
import type { ApiModule } from "../api_module.ts";
import { documentList } from "./document_list.ts";

function api(name: string, isShared?: boolean): ApiModule {
  const document = JSON.stringify({ openapi: "3.1.0", info: { title: name, version: "1" }, paths: {} });
  const shared = isShared === undefined ? {} : { isShared };
  return { name, routes: [], document, problemTypes: [], problemOf: () => undefined, ...shared };
}

Deno.test("documentList() begins with the APIs of services, in their order", () => {
  const { data } = documentList([api("webhook", true), api("order"), api("mcp", true), api("customer")], "");
  assertEquals(data.map(({ name }) => name), ["order", "customer", "webhook", "mcp"]);
});
