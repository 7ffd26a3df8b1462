import { assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { spawnProgram } from "../../embedded/testing/spawn_program.ts";
import type { TerminationReport } from "./testing/terminate_under_load.ts";

/** Documented outcomes of calls while servers terminate connections (see errors.ts). */
const DOCUMENTED = ["cancelled", "done", "outcome-unknown", "saturated", "unavailable"];

/**
 * Crash of the driver, porsager/postgres#1208. When the server has closed a connection, `closed()` in the driver's
 * connection.js sets its socket to null. `begin()` sends ROLLBACK nevertheless; `write()` defers that to setImmediate,
 * where `nextWrite()` calls `socket.write()` and the exception cannot be caught. A reserved connection does the same
 * with its next statement. This test fails when a new version no longer needs the pool's precautions.
 */
Deno.test("postgres.js alone crashes the process when a connection is closed inside a transaction", async () => {
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

Deno.test("openPool() survives the termination of all connections 200 times under load", async () => {
  await using database = await useTestDatabase();
  await using program = await spawnProgram(`
    import { terminateUnderLoad } from ${
    JSON.stringify(import.meta.resolve("./testing/terminate_under_load.ts"))
  };
    const instance = ${JSON.stringify({ ...database.instance, maxConnections: 5 })};
    console.log(JSON.stringify(await terminateUnderLoad(instance, { rounds: 200 })));
  `);
  const line = await program.line();
  const { code, errors } = await program.ended();
  assertEquals([code, errors], [0, ""]);
  const survival: TerminationReport = JSON.parse(line ?? "null");
  assertEquals(survival.contradictions, []);
  assertEquals(survival.settled, survival.begun);
  assertEquals(Object.keys(survival.endings).filter((ending) => !DOCUMENTED.includes(ending)), []);
  assertGreater(survival.connections, 200);
});
