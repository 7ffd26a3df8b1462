import { assertEquals, assertNotEquals } from "@std/assert";
import { SilentProxy } from "@archway/tools/support/postgres/silent_proxy.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import type { ConnectionPool } from "../../db.ts";
import { openPool } from "../open_pool.ts";

async function sessionOf(pool: ConnectionPool): Promise<number | undefined> {
  const { rows: [row] } = await pool.writer().query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  return row?.pid;
}

Deno.test("ConnectionPool.checkIdle() keeps connections that respond and closes the others", async () => {
  await using database = await useTestDatabase();
  await using proxy = new SilentProxy(database.instance);
  await using pool = openPool({
    primary: { ...proxy.instance, maxConnections: 1 },
    replicas: [],
    idleTimeoutMs: 60_000,
  });
  const first = await sessionOf(pool);
  await pool.checkIdle({ pausedMs: 1_000, timeoutMs: 60_000 });
  assertEquals(await sessionOf(pool), first);
  proxy.forget();
  await pool.checkIdle({ pausedMs: 1_000, timeoutMs: 50 });
  const second = await sessionOf(pool);
  assertNotEquals(second, first);
  // After so long a pause they are not worth the wait for a response.
  await pool.checkIdle({ pausedMs: 60_000, timeoutMs: 60_000 });
  assertNotEquals(await sessionOf(pool), second);
});

Deno.test("ConnectionPool.checkIdle() leaves connections in use alone, and resolves without any", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: { ...database.instance, maxConnections: 1 }, replicas: [] });
  await pool.checkIdle({ pausedMs: 1_000, timeoutMs: 50 });
  await pool.withTx(async (tx) => {
    await tx.query("SELECT 1");
    await pool.checkIdle({ pausedMs: 3_600_000, timeoutMs: 0 });
    await tx.query("SELECT 1");
  });
  assertEquals(pool.load()[0]?.pool.open, 1);
});
