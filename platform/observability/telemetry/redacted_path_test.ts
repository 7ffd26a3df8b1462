import { assertEquals } from "@std/assert";
import { redactedPath } from "./redacted_path.ts";

Deno.test("redactedPath() preserves ids and no other values of parameters", () => {
  const route = "/v1/profiles/{id}";
  const id = "0198c5a2-7c1e-7b3a-8f00-0123456789ab";
  assertEquals(redactedPath(`/v1/profiles/${id}`, route), `/v1/profiles/${id}`);
  assertEquals(redactedPath("/v1/profiles/42", route), "/v1/profiles/42");
  assertEquals(redactedPath("/v1/profiles/ada@example.com", route), route);
  assertEquals(redactedPath("/v1/profiles/Ada%20Lovelace", route), route);
  assertEquals(redactedPath("/v1/profiles", "/v1/profiles"), "/v1/profiles");
  assertEquals(redactedPath("/any/thing", ""), "");
});
