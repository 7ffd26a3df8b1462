import { assertEquals, assertRejects } from "@std/assert";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { DatabaseError } from "../../errors.ts";
import { openPool } from "../open_pool.ts";

Deno.test("openPool() survives a server that is down, killed and started", async () => {
  await using server = await startPostgres({ durable: true });
  await server.stop();
  // Long enough for a busy machine, on which a refusal would count as no response.
  await using pool = openPool({ primary: server.instance, replicas: [], replicaProbeTimeoutMs: 30_000 });
  for (const end of [(): Promise<void> => server.kill(), (): Promise<void> => server.stop()]) {
    const error = await assertRejects(() => pool.writer().query("SELECT 1"), DatabaseError);
    assertEquals(error.code, "unavailable");
    const [primary] = await pool.health();
    assertEquals([primary?.healthy, primary?.reason], [false, "unreachable"]);
    await server.start();
    while (!(await pool.health())[0]?.healthy);
    assertEquals((await pool.writer().query("SELECT 1")).rowCount, 1);
    await end();
  }
});
