import { assertEquals } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { Idempotency } from "@archway/server/idempotency.ts";
import { SILENT_LOGGER } from "@archway/server/logger.ts";
import { withIdempotency, withLogger } from "@archway/server/server_options.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { mountOnPool } from "@archway/tools/support/service_server.ts";
import { rewritingPool } from "@archway/tools/verify/faults/altered_pool.ts";
import { recordInProcess } from "@archway/tools/verify/faults/record_in_process.ts";
import { byName, paymentServer } from "../payment_client.ts";
import { PAYMENT_MIGRATIONS, PAYMENT_SERVICES } from "../payment_program.ts";
import { IDEMPOTENCY_FAULTS } from "./idempotency_faults.ts";
import { transferWorkload } from "./transfer_workload.ts";

/** Owners that take turns. */
const OWNERS = ["ada", "bob"].map((name) => [["Authorization", `Bearer ${name}`] as const]);

/** Returns the names of the checks that find contradictions in histories of transfers on a pool. */
async function checksOn(
  pool: ConnectionPool,
  { alter = (inner) => inner, rounds }: {
    readonly alter?: (inner: Idempotency) => Idempotency;
    readonly rounds?: number;
  } = {},
): Promise<readonly string[]> {
  const { idempotency } = mountOnPool(pool, { services: PAYMENT_SERVICES });
  await using server = paymentServer(pool, {
    options: [byName, withLogger(SILENT_LOGGER), withIdempotency(alter(idempotency))],
  });
  const violations = await recordInProcess(server, {
    ...{ workload: transferWorkload, fields: OWNERS },
    ...(rounds !== undefined && { rounds }),
  });
  return [...new Set(violations.map(({ check }) => check))];
}

Deno.test("transferWorkload finds planted defects of transfers, and nothing without them", async (t) => {
  await using database = await useTestDatabase({ migrations: PAYMENT_MIGRATIONS });
  await using pool = openPool({
    primary: { ...database.instance, maxConnections: 20 },
    replicas: [],
    ...GENEROUS_TIMEOUTS,
  });
  await t.step("nothing", async () => {
    assertEquals(await checksOn(pool, { rounds: 2 }), []);
  });
  await t.step("balance not locked", async () => {
    // With the triggers, the database refuses the transactions that a missing lock lets through.
    const triggers = (state: "disable" | "enable"): Promise<unknown> =>
      Promise.all(
        ["accounts", "entries"].map((table) =>
          pool.writer().query(`alter table ${table} ${state} trigger user`)
        ),
      );
    const unlocked = rewritingPool(pool, (text) => text.replace(" for no key update of accounts", ""));
    await triggers("disable");
    assertEquals((await checksOn(unlocked)).includes("transfers"), true);
    await triggers("enable");
  });
  for (const [name, alter] of Object.entries(IDEMPOTENCY_FAULTS)) {
    await t.step(name, async () => {
      assertEquals((await checksOn(pool, { alter })).includes("exactly-once"), true);
    });
  }
});
