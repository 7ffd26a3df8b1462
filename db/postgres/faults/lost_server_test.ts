import { assertEquals } from "@std/assert";
import type { PostgresServer } from "@archway/tools/support/postgres/postgres_server.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { openPool } from "../open_pool.ts";
import { PoolLoad } from "./testing/pool_load.ts";
import { untilNothingLeaks } from "./testing/until_nothing_leaks.ts";

/** Documented outcomes of calls during a loss of the server. */
const DOCUMENTED = ["done", "outcome-unknown", "saturated", "unavailable"];

const applicationName = "archway lost server";

const losses: Readonly<Record<string, (server: PostgresServer) => Promise<void>>> = {
  "killed as by a power failure": (server) => server.kill(),
  "stopped by its administrator": (server) => server.stop(),
};

for (const [what, lose] of Object.entries(losses)) {
  Deno.test(`openPool() loses no acknowledged write and leaks no connection when its server is ${what}`, async () => {
    await using server = await startPostgres({ durable: true, tcp: true });
    const primary = { ...server.tcpInstance, maxConnections: 10 };
    await using pool = openPool({ primary, replicas: [], applicationName });
    await using observer = openPool({ primary: server.instance, replicas: [] });
    const load = await PoolLoad.start(pool);
    for (let round = 0; round < 5; round++) {
      await load.untilDone(100);
      await lose(server);
      await server.start();
    }
    await load.untilDone(100);
    const { begun, settled, endings, contradictions } = await load.stop();
    assertEquals([settled, contradictions], [begun, []]);
    assertEquals(Object.keys(endings).filter((ending) => !DOCUMENTED.includes(ending)), []);
    await untilNothingLeaks({ pool, observer, applicationName });
  });
}
