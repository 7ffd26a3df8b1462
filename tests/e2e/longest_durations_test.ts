import { assertEquals, assertFalse } from "@std/assert";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, untilReady } from "@archway/tools/support/program.ts";

const A_DAY = [
  "POSTGRES_CONNECT_TIMEOUT",
  "POSTGRES_ACQUIRE_TIMEOUT",
  "POSTGRES_QUEUE_TIMEOUT",
  "POSTGRES_CONNECTION_LIFETIME",
  "POSTGRES_STATEMENT_TIMEOUT",
  "POSTGRES_TRANSACTION_TIMEOUT",
  "POSTGRES_REPLICA_PATIENCE",
  "READ_TIMEOUT",
  "WRITE_TIMEOUT",
  "IDLE_TIMEOUT",
  "ADMISSION_MAX_DELAY",
  "SHUTDOWN_TIMEOUT",
];
const TEN_YEARS = ["CURSOR_TTL", "IDEMPOTENCY_TTL", "WEBHOOK_RETENTION"];

Deno.test("archway serves with the maximum durations, and no timer overflows", async () => {
  await using database = await useTestDatabase();
  await using program = new Program({
    ...postgresEnvironment(database.instance),
    ...Object.fromEntries(A_DAY.map((name) => [name, "24h"])),
    ...Object.fromEntries(TEN_YEARS.map((name) => [name, "87600h"])),
    MIGRATE_ON_START: "true",
    SLOW_CLIENT_GUARD: "on",
  });
  const url = await program.url;
  await untilReady(url);
  for (const name of ["Ada Lovelace", "Grace Hopper"]) {
    const created = await fetch(`${url}/v1/contacts`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name }),
    });
    await created.body?.cancel();
    assertEquals(created.status, 201);
  }
  const { nextCursor } = (await (await fetch(`${url}/v1/contacts?limit=1`)).json()).meta;
  const next = await fetch(`${url}/v1/contacts?limit=1&after=${nextCursor}`);
  assertEquals([next.status, (await next.json()).data.length], [200, 1]);
  const { code, stdout, stderr } = await program.stop();
  assertEquals(code, 0);
  assertFalse(/TimeoutOverflow|"severity_text":"ERROR"/.test(stdout + stderr), stdout + stderr);
});
