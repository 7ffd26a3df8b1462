import { assertEquals } from "@std/assert";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, untilReady, untilUnready } from "@archway/tools/support/program.ts";

Deno.test("archway can be started before its database, and survives a crash of the database", async () => {
  // Durable, so that a crash loses nothing.
  await using postgres = await startPostgres({ durable: true });
  await postgres.stop();
  await using program = new Program({
    ...postgresEnvironment(postgres.instance),
    MIGRATE_ON_START: "true",
  });
  const url = await program.url;
  for (const round of ["before its first start", "after a crash"]) {
    const live = await fetch(`${url}/livez`);
    await live.body?.cancel();
    assertEquals([round, live.status], [round, 200]);
    await untilUnready(url);
    await postgres.start();
    await untilReady(url);
    const list = await fetch(`${url}/v1/contacts`);
    assertEquals([round, list.status, (await list.json()).data], [round, 200, []]);
    await postgres.kill();
  }
  const { code, stderr } = await program.stop();
  assertEquals(code, 0, stderr);
});
