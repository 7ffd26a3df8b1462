import { assertEquals, assertThrows } from "@std/assert";
import { normalizeDraft } from "./profile.ts";
import { ProfileError } from "./profile_error.ts";

Deno.test("normalizeDraft() trims the name and composes its characters", () => {
  assertEquals(normalizeDraft({ name: "\u00a0 Zoe\u0308 \n", email: null, age: null }).name, "Zoë");
});

Deno.test("normalizeDraft() counts characters, not UTF-16 units", () => {
  const name = "🦉".repeat(100);
  assertEquals(normalizeDraft({ name, email: null, age: null }).name, name);
  assertThrows(() => normalizeDraft({ name: `${name}🦉`, email: null, age: null }), ProfileError);
});

Deno.test("normalizeDraft() tells every fault at once", () => {
  const error = assertThrows(() => normalizeDraft({ name: " \t ", email: "nobody", age: 0.5 }), ProfileError);
  assertEquals(error.code, "invalid");
  assertEquals(error.faults.map(({ field }) => field), ["name", "email", "age"]);
});
