import { assertEquals } from "@std/assert";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { openPool } from "../open_pool.ts";

Deno.test("openPool() reads from a replica that was promoted by itself only without a primary", async () => {
  await using primary = await startPostgres();
  await using promoted = await startPostgres();
  await using pool = openPool({
    primary: primary.instance,
    replicas: [promoted.instance],
    acquireTimeoutMs: 60_000,
    queueTimeoutMs: 60_000,
    replicaProbeIntervalMs: 20,
    replicaProbeTimeoutMs: 20_000,
  });
  const read = async (): Promise<string | undefined> =>
    (await pool.reader().query<{ host: string }>("SELECT current_setting('unix_socket_directories') AS host"))
      .rows[0]?.host;
  await pool.writer().query("SELECT 1");
  const reason = "follows no primary: it was promoted, or is another server";
  while ((await pool.health())[1]?.reason !== reason) await new Promise((resolve) => setTimeout(resolve, 20));
  assertEquals(await read(), primary.instance.host);
  await primary.kill();
  assertEquals(await read(), promoted.instance.host);
});
