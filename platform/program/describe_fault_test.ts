import { assertEquals } from "@std/assert";
import { DatabaseError, MigrationError } from "@archway/db/errors.ts";
import { describeFault } from "./describe_fault.ts";

Deno.test("describeFault() adds what the server said, once and in one line", () => {
  const cause = new Error('database "nosuch"\n  does not exist (3D000)');
  const bare = new DatabaseError("unavailable", "The database cannot be reached", { cause });
  assertEquals(
    describeFault(bare),
    'The database cannot be reached: database "nosuch" does not exist (3D000)',
  );
  const said = new DatabaseError("internal", `It failed: ${cause.message}`, {
    cause,
    constraint: "unique_name",
  });
  assertEquals(describeFault(said), 'It failed: database "nosuch" does not exist (3D000) (unique_name)');
  assertEquals(describeFault(new DatabaseError("timeout", "It took too long")), "It took too long");
});

Deno.test("describeFault() leaves what is no fault of the database as it is", () => {
  assertEquals(describeFault(new MigrationError("One\n  Two", { cause: new Error("Three") })), "One\n  Two");
});
