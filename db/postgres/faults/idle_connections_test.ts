import { assertEquals } from "@std/assert";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import type { ConnectionPool } from "../../db.ts";
import { openPool } from "../open_pool.ts";

const N = 5;

/** Runs as many concurrent transactions as there are connections. None ends before all have started. */
async function onEachConnection(pool: ConnectionPool): Promise<ReadonlySet<number>> {
  const all = Promise.withResolvers<void>();
  let begun = 0;
  const results = Array.from({ length: N }, () =>
    pool.withTx(async (tx) => {
      const { rows: [row] } = await tx.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
      if (++begun === N) all.resolve();
      await all.promise;
      return row?.pid ?? 0;
    }));
  return new Set(await Promise.all(results));
}

async function untilClosed(pool: ConnectionPool): Promise<void> {
  while (true) {
    if (pool.load()[0]?.pool.open === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

Deno.test("openPool() does not use connections that the server has closed as idle", async () => {
  // Longer than a busy machine takes from the start of a session to its first statement.
  await using server = await startPostgres({ settings: { idle_session_timeout: "3s" } });
  await using pool = openPool({ primary: { ...server.instance, maxConnections: N }, replicas: [] });
  for (let round = 0; round < 3; round++) {
    assertEquals((await onEachConnection(pool)).size, N);
    await untilClosed(pool);
  }
});

Deno.test("openPool() does not use connections from before a restart of the server", async () => {
  await using server = await startPostgres();
  await using pool = openPool({ primary: { ...server.instance, maxConnections: N }, replicas: [] });
  for (let round = 0; round < 3; round++) {
    assertEquals((await onEachConnection(pool)).size, N);
    await server.stop();
    await server.start();
  }
  assertEquals((await onEachConnection(pool)).size, N);
});
