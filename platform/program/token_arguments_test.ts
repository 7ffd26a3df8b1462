import { assertEquals, assertThrows } from "@std/assert";
import { parseTokenArguments, TokenArgumentsError } from "./token_arguments.ts";

Deno.test("parseTokenArguments() reads who, what and for how long", () => {
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

Deno.test("parseTokenArguments() names the argument that cannot be used", () => {
  const wrong: readonly (readonly [string[], string])[] = [
    [["--name", "ada"], "token does not know --name"],
    [["ada"], "token does not know such a word"],
    [["--subject"], "--subject needs a value"],
    [["--subject="], "--subject must be"],
    [["--subject", "a\u0000"], "--subject must be"],
    [["--expires", "never"], "--expires must be"],
    [["--expires", "721h"], "--expires must be"],
    [["--expires", "1ms"], "--expires must be"],
  ];
  for (const [args, message] of wrong) {
    assertThrows(() => parseTokenArguments(args, { scopes: [] }), TokenArgumentsError, message);
  }
});
