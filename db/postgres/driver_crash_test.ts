import { assertEquals, assertStringIncludes } from "@std/assert";
import { useTestDatabase } from "../../tools/postgres/use_test_database.ts";
import { spawnProgram } from "../embedded/testing/spawn_program.ts";

/**
 * porsager/postgres#1208: when the server has ended a connection, `closed()` in the driver's connection.js sets its
 * socket to null. `begin()` sends ROLLBACK on it all the same; `write()` puts that off to setImmediate, and there
 * `nextWrite()` calls `socket.write()`, where nobody can catch what it throws. A reserved connection does the same
 * with its next statement. This test is here to tell when a new version makes the pool's caution needless.
 */
Deno.test("postgres.js by itself ends the process when a connection is ended inside a transaction", async () => {
  await using database = await useTestDatabase();
  await using program = await spawnProgram(`
    import postgres from ${JSON.stringify(import.meta.resolve("postgres"))};
    const { host, port, user, database } = ${JSON.stringify(database.instance)};
    const sql = postgres({ host, port, user, database, max: 1 });
    try {
      await sql.begin((tx) => tx\`SELECT pg_terminate_backend(pg_backend_pid())\`);
    } catch (error) {
      console.log(error.code);
    }
    await sql\`SELECT 1\`;
    console.log("It goes on");
    await sql.end();
  `);
  const { code, errors } = await program.ended();
  assertEquals(code, 1);
  assertStringIncludes(errors, "Uncaught TypeError: Cannot read properties of null (reading 'write')");
  assertStringIncludes(errors, "nextWrite");
});
