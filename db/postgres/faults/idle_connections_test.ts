import { assertEquals } from "@std/assert";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import type { ConnectionPool } from "../../db.ts";
import { openPool } from "../open_pool.ts";

const N = 5;

/** As many transactions at the same time as there are connections: none ends before all have begun. */
async function onEachConnection(pool: ConnectionPool): Promise<ReadonlySet<number>> {
  const all = Promise.withResolvers<void>();
  let begun = 0;
  const answers = Array.from({ length: N }, () =>
    pool.withTx(async (tx) => {
      const { rows: [row] } = await tx.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
      if (++begun === N) all.resolve();
      await all.promise;
      return row?.pid ?? 0;
    }));
  return new Set(await Promise.all(answers));
}

async function untilClosed(pool: ConnectionPool): Promise<void> {
  while (true) {
    if (pool.load()[0]?.pool.open === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

Deno.test("openPool() hands out no connection that the server has closed for being idle", async () => {
  await using server = await startPostgres({ settings: { idle_session_timeout: "1s" } });
  await using pool = openPool({ primary: { ...server.instance, maxConnections: N }, replicas: [] });
  for (let round = 0; round < 3; round++) {
    assertEquals((await onEachConnection(pool)).size, N);
    await untilClosed(pool);
  }
});

Deno.test("openPool() hands out no connection that was open when the server restarted", async () => {
  await using server = await startPostgres();
  await using pool = openPool({ primary: { ...server.instance, maxConnections: N }, replicas: [] });
  for (let round = 0; round < 3; round++) {
    assertEquals((await onEachConnection(pool)).size, N);
    await server.stop();
    await server.start();
  }
  assertEquals((await onEachConnection(pool)).size, N);
});
