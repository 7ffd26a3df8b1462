import { assertEquals } from "@std/assert";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { startStandby } from "@archway/tools/support/postgres/start_standby.ts";
import { ListenSpy, NOTIFY } from "../notification/testing/listen_spy.ts";
import { openPool } from "../open_pool.ts";

Deno.test("ConnectionPool.listen() waits for a server that is not available yet, and can be closed meanwhile", async () => {
  await using server = await startPostgres();
  await server.stop();
  await using pool = openPool({ primary: server.instance, replicas: [] });
  await using spy = new ListenSpy(pool);
  await using other = new ListenSpy(pool);
  await spy.until(({ states }) => states.length === 1);
  assertEquals(spy.states, ["lost"]);
  await other[Symbol.asyncDispose]();
  await server.start();
  await spy.until(({ received }) => received === 1);
  assertEquals(spy.states, ["lost", "listening"]);
});

Deno.test("ConnectionPool.listen() follows the primary", async () => {
  await using primary = await startPostgres({ durable: true });
  await using standby = await startStandby(primary, { durable: true });
  await using pool = openPool({ primary: [primary.instance, standby.instance], replicas: [] });
  await using spy = new ListenSpy(pool);
  await spy.until(({ received }) => received === 1);
  await standby.catchUp(primary);
  await primary.kill();
  await standby.promote();
  await spy.until(({ received }) => received >= 2);
  const before = spy.received;
  await using admin = openPool({ primary: standby.instance, replicas: [] });
  await admin.writer().query(NOTIFY);
  await spy.until(({ received }) => received > before);
  assertEquals(spy.states, ["listening", "lost", "listening"]);
});
