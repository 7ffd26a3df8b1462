import { assertEquals, assertRejects } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { ConnectionPool } from "@archway/db/db.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, untilReady } from "@archway/tools/support/program.ts";

/** Waits until a statement of the program waits for a lock, or none does. */
async function untilWaiting(pool: ConnectionPool, waits: boolean): Promise<void> {
  const sql = `SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'archway' AND wait_event_type = 'Lock'`;
  while ((await pool.writer().query(sql)).rowCount > 0 !== waits) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

Deno.test("archway cancels the statement of a client that disconnects, and rolls it back", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [], applicationName: "observer" });
  const environment = {
    ...postgresEnvironment(database.instance),
    MIGRATE_ON_START: "true",
    // Longer than the test, so that no timeout cancels the statement.
    POSTGRES_STATEMENT_TIMEOUT: "10m",
    POSTGRES_TRANSACTION_TIMEOUT: "10m",
    WRITE_TIMEOUT: "10m",
  };
  // Deno before 2.9 does not report a disconnected client: its deadline cancels the statement.
  await using program = new Program(environment, [], { fromSource: true });
  const url = await program.url;
  await untilReady(url);
  for (const name of ["First", "Second", "Third"]) {
    await pool.withTx(async (tx) => {
      await tx.query("LOCK TABLE contacts IN EXCLUSIVE MODE");
      const client = new AbortController();
      const request = fetch(`${url}/v1/contacts`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ name }),
        signal: client.signal,
      });
      const rejected = assertRejects(() => request);
      await untilWaiting(pool, true);
      client.abort();
      await rejected;
      await untilWaiting(pool, false);
    });
  }
  const list = await fetch(`${url}/v1/contacts`);
  assertEquals([list.status, (await list.json()).data], [200, []]);
  assertEquals((await program.stop()).code, 0);
});
