import { assertEquals, assertThrows } from "@std/assert";
import { parseTokenArguments, TokenArgumentsError } from "./token_arguments.ts";

Deno.test("parseTokenArguments() parses subject, scope and lifetime, with defaults", () => {
  assertEquals(parseTokenArguments([], { scopes: ["items:read", "items:write"] }), {
    subject: "developer",
    scope: "items:read items:write",
    lifetimeSeconds: 3600,
  });
  assertEquals(
    parseTokenArguments(["--subject", "ada", "--scope=items:admin", "--expires", "30m"], { scopes: [] }),
    {
      subject: "ada",
      scope: "items:admin",
      lifetimeSeconds: 1800,
    },
  );
});

Deno.test("parseTokenArguments() names the first invalid argument", () => {
  const wrong: readonly (readonly [string[], string])[] = [
    [["--name", "ada"], "unknown option --name"],
    [["ada"], "unexpected argument"],
    [["--subject"], "--subject requires a value"],
    [["--subject="], "--subject must have"],
    [["--subject", "a\u0000"], "--subject must have"],
    [["--expires", "never"], "--expires must be"],
    [["--expires", "721h"], "--expires must be"],
    [["--expires", "1ms"], "--expires must be"],
  ];
  for (const [args, message] of wrong) {
    assertThrows(() => parseTokenArguments(args, { scopes: [] }), TokenArgumentsError, message);
  }
});
