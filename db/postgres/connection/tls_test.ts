import { assertEquals, assertRejects } from "@std/assert";
import { tlsFiles } from "@archway/server/testing/tls_files.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { DatabaseError } from "../../errors.ts";
import { openPool } from "../open_pool.ts";
import { DRIVERS } from "../pool_config.ts";

Deno.test("openPool() connects and cancels statements over TLS", async (t) => {
  await using server = await startPostgres({ tcp: true, tls: tlsFiles("first") });
  const ca = await Deno.readTextFile(tlsFiles("first").certificate);
  const instance = { ...server.tcpInstance, maxConnections: 1 };

  const negotiations = ["request", "direct"] as const;
  const variants = DRIVERS.flatMap((driver) => negotiations.map((negotiation) => ({ driver, negotiation })));
  for (const { driver, negotiation } of variants) {
    await t.step(`accepts a trusted certificate with ${driver}, by ${negotiation}`, async () => {
      const primary = { ...instance, driver, tls: { ca, serverName: "localhost", negotiation } };
      await using pool = openPool({ primary, replicas: [], ...GENEROUS_TIMEOUTS });
      const { rows } = await pool.writer().query<{ ssl: boolean }>(
        "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
      );
      assertEquals(rows, [{ ssl: true }]);

      // The connection is free again: the cancel request used TLS, too, and succeeded.
      const stopping = new AbortController();
      const sleeping = pool.writer().query("SELECT pg_sleep(60)", [], { signal: stopping.signal });
      setTimeout(() => stopping.abort(), 50);
      assertEquals((await assertRejects(() => sleeping, DatabaseError)).code, "cancelled");
      assertEquals((await pool.writer().query("SELECT 1")).rowCount, 1);
    });
  }

  for (const driver of DRIVERS) {
    await t.step(`rejects other certificates with ${driver}`, async () => {
      const other = await Deno.readTextFile(tlsFiles("second", "second").certificate);
      for (
        const tls of [{ serverName: "localhost" }, { ca: other, serverName: "localhost" }, {
          ca,
          serverName: "db",
        }]
      ) {
        await using pool = openPool({ primary: { ...instance, driver, tls }, replicas: [] });
        assertEquals(
          (await assertRejects(() => pool.writer().query("SELECT 1"), DatabaseError)).code,
          "unavailable",
        );
      }
    });
  }
});
