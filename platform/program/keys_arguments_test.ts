import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "@archway/service_kit/command.ts";
import { parseKeysArguments } from "./keys_arguments.ts";

const NOW = "2026-11-29T12:00:00.5Z";
const ID = "0123456789abcdef";

Deno.test("parseKeysArguments() parses a new key, with defaults", () => {
  assertEquals(parseKeysArguments(["create", "--name", "Billing"], NOW), {
    action: "create",
    name: "Billing",
    subject: undefined,
    scopes: [],
    expiresAt: undefined,
  });
  const full = ["create", "--name=B", "--subject", "ada", "--scope", "a:read  b a:read", "--expires", "90d"];
  assertEquals(parseKeysArguments(full, NOW), {
    action: "create",
    name: "B",
    subject: "ada",
    scopes: ["a:read", "b"],
    expiresAt: "2027-02-27T12:00:00.5Z",
  });
});

Deno.test("parseKeysArguments() reads an expiry of days, a duration or a time", () => {
  const expiry = (text: string): unknown => {
    const parsed = parseKeysArguments(["create", "--name", "B", "--expires", text], NOW);
    return parsed.action === "create" && parsed.expiresAt;
  };
  assertEquals(expiry("12h"), "2026-11-30T00:00:00.5Z");
  assertEquals(expiry("2027-01-01"), "2027-01-01T00:00:00Z");
  assertEquals(expiry("2027-01-01T08:30Z"), "2027-01-01T08:30:00Z");
  for (const text of ["0d", "2026-11-29", "2027-02-30x", "never", "1", "99999d 1h", "2027-13-01"]) {
    assertThrows(() => expiry(text), UsageError, "--expires must be", text);
  }
});

Deno.test("parseKeysArguments() parses list and revoke", () => {
  assertEquals(parseKeysArguments(["list"], NOW), { action: "list", json: false });
  assertEquals(parseKeysArguments(["list", "--json"], NOW), { action: "list", json: true });
  for (const text of [ID, `ak_${ID}`, `ak_${ID}_${ID.repeat(4)}`]) {
    assertEquals(parseKeysArguments(["revoke", text], NOW), { action: "revoke", id: ID });
  }
});

Deno.test("parseKeysArguments() names the first invalid argument, without its value", () => {
  const wrong: readonly (readonly [string[], string])[] = [
    [[], "expected one of: create, list, revoke"],
    [["delete"], "expected one of: create, list, revoke"],
    [["create"], "--name is required"],
    [["create", "--name"], "--name requires a value"],
    [["create", "--name", "a\u0000"], "--name is required"],
    [["create", "--name", "a".repeat(101)], "--name is required"],
    [["create", "Billing"], "create accepts no positional arguments"],
    [["create", "--name", "B", "--subject", "a\n"], "--subject must have"],
    [["create", "--name", "B", "--scope", 'a "b"'], "--scope must be"],
    [["create", "--name", "B", "--json"], "unknown option: create accepts"],
    [["list", "--name", "B"], "unknown option: list accepts"],
    [["revoke"], "revoke requires one key ID"],
    [["revoke", ID, ID], "revoke requires one key ID"],
    [["revoke", `ak_${ID}_secret`], "revoke requires one key ID"],
  ];
  for (const [args, message] of wrong) {
    const error = assertThrows(() => parseKeysArguments(args, NOW), UsageError, message);
    assertEquals(error.message.includes("secret"), false);
  }
});
