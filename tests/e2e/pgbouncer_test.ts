import { assertEquals, assertStringIncludes } from "@std/assert";
import { startPgbouncer } from "@archway/tools/support/postgres/start_pgbouncer.ts";
import { testWithPgbouncer } from "@archway/tools/support/postgres/test_with_pgbouncer.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, untilReady } from "@archway/tools/support/program.ts";

testWithPgbouncer("archway works behind PgBouncer after a direct migration", async () => {
  await using database = await useTestDatabase();
  await using pgbouncer = await startPgbouncer(database.instance, { ini: "pool_mode = transaction" });
  const environment = { ...postgresEnvironment(pgbouncer.instance), POSTGRES_POOLER: "transaction" };
  await using through = new Program(environment, ["migrate", "up"]);
  const refused = await through.ended();
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.stderr, "a connection pooler responded");
  await using past = new Program(postgresEnvironment(database.instance), ["migrate", "up"]);
  assertEquals((await past.ended()).code, 0);

  await using program = new Program(environment);
  const url = await program.url;
  await untilReady(url);
  const created = await Promise.all(Array.from({ length: 20 }, async (_, index) => {
    const response = await fetch(`${url}/v1/contacts`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name: `Ada ${index}`, age: 36 }),
    });
    await response.body?.cancel();
    return response.status;
  }));
  assertEquals(created, created.map(() => 201));
  const list = await fetch(`${url}/v1/contacts?pageSize=100&page=1`);
  assertEquals((await list.json()).data.length, created.length);
  assertEquals((await program.stop()).code, 0);
});
