import { assertEquals } from "@std/assert";
import { DatabaseError, MigrationError } from "@archway/db/errors.ts";
import { formatError } from "./format_error.ts";

Deno.test("formatError() adds the message of the server, once and in one line", () => {
  const cause = new Error('database "nosuch"\n  does not exist (3D000)');
  const bare = new DatabaseError("unavailable", "The database cannot be reached", { cause });
  assertEquals(
    formatError(bare),
    'The database cannot be reached: database "nosuch" does not exist (3D000)',
  );
  const said = new DatabaseError("internal", `It failed: ${cause.message}`, {
    cause,
    constraint: "unique_name",
  });
  assertEquals(formatError(said), 'It failed: database "nosuch" does not exist (3D000) (unique_name)');
  assertEquals(formatError(new DatabaseError("timeout", "It took too long")), "It took too long");
});

Deno.test("formatError() returns the message of other errors unchanged", () => {
  assertEquals(formatError(new MigrationError("One\n  Two", { cause: new Error("Three") })), "One\n  Two");
});
