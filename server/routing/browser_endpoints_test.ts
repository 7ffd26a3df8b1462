import { assertEquals } from "@std/assert";
import { send } from "../testing/note_client.ts";
import { browserEndpoints } from "./browser_endpoints.ts";

Deno.test("browserEndpoints() serves /favicon.ico and /robots.txt without content", async () => {
  for (const path of ["/favicon.ico", "/robots.txt"]) {
    const response = await send(path);
    assertEquals([response.status, response.headers.get("cache-control")], [204, "public, max-age=86400"]);
  }
});

Deno.test("browserEndpoints() leaves paths to the API that serves them", () => {
  assertEquals(browserEndpoints([{ path: "/robots.txt" }]).map(({ path }) => path), ["/favicon.ico"]);
});
