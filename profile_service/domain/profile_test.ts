import { assertEquals, assertThrows } from "@std/assert";
import { DomainError } from "@archway/service_kit/domain_error.ts";
import { normalizeInput, type ProfileInput } from "./profile.ts";

const ADA: ProfileInput = {
  name: "Ada Lovelace",
  email: null,
  age: null,
};

Deno.test("normalizeInput() trims the name and composes its characters", () => {
  assertEquals(normalizeInput({ ...ADA, name: "\u00a0 Zoe\u0308 \n" }).name, "Zoë");
});

Deno.test("normalizeInput() counts code points, not UTF-16 units", () => {
  const name = "🦉".repeat(100);
  assertEquals(normalizeInput({ ...ADA, name }).name, name);
  assertThrows(() => normalizeInput({ ...ADA, name: `${name}🦉` }), DomainError);
});

Deno.test("normalizeInput() reports every violation at once", () => {
  const error = assertThrows(
    () => normalizeInput({ ...ADA, name: " \t ", email: "no address", age: 0.5 }),
    DomainError,
  );
  assertEquals(error.code, "invalid-profile");
  assertEquals(error.fieldErrors.map(({ field }) => field), ["name", "email", "age"]);
});

Deno.test("normalizeInput() rejects invisible names, and a local part of more than 64 characters", () => {
  const error = assertThrows(
    () => normalizeInput({ ...ADA, name: "\u200b\u2060", email: `${"a".repeat(65)}@example.com` }),
    DomainError,
  );
  assertEquals(error.fieldErrors.map(({ field, reason }) => `${field} ${reason}`), [
    "name must have a visible character",
    'email must have at most 64 characters before "@"',
  ]);
  const email = `${"a".repeat(64)}@example.com`;
  assertEquals(normalizeInput({ ...ADA, name: "A\u200b", email }).email, email);
});
