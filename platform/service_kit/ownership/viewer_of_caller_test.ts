import { assertEquals } from "@std/assert";
import { viewerOfCaller } from "./viewer_of_caller.ts";

const viewerOf = viewerOfCaller("widgets:admin");

function caller(...scopes: readonly string[]): Parameters<typeof viewerOf>[0] {
  return { principal: { subject: "alice", scopes: new Set(scopes) } };
}

Deno.test("viewerOfCaller() shows callers what they own, and everything to those who look after it", () => {
  assertEquals(viewerOf(caller("widgets:read")), { kind: "owner", subject: "alice" });
  assertEquals(viewerOf(caller("profiles:admin")), { kind: "owner", subject: "alice" });
  assertEquals(viewerOf(caller("widgets:admin")), { kind: "everyone" });
});

Deno.test("viewerOfCaller() shows everything where nobody has to say who he is", () => {
  assertEquals(viewerOf({ principal: undefined }), { kind: "everyone" });
});
