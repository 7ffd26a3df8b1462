import { assertEquals } from "@std/assert";
import { accessScopeOf, ownerOf } from "./access_scope.ts";

const scopeOf = accessScopeOf("widgets:admin");

function caller(...scopes: readonly string[]): Parameters<typeof scopeOf>[0] {
  return { principal: { subject: "alice", scopes: new Set(scopes) } };
}

Deno.test("accessScopeOf() limits callers to their own resources, unless they have the admin scope", () => {
  assertEquals(scopeOf(caller("widgets:read")), { kind: "owner", subject: "alice" });
  assertEquals(scopeOf(caller("profiles:admin")), { kind: "owner", subject: "alice" });
  assertEquals(scopeOf(caller("widgets:admin")), { kind: "all", actor: "alice" });
});

Deno.test("accessScopeOf() returns the scope of all resources if authentication is off", () => {
  assertEquals(scopeOf({ principal: undefined }), { kind: "all" });
});

Deno.test("ownerOf() returns the caller's subject, or null if authentication is off", () => {
  assertEquals(ownerOf(caller("widgets:read")), "alice");
  assertEquals(ownerOf({ principal: undefined }), null);
});
