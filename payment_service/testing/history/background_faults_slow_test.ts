import { assertEquals } from "@std/assert";
import type { Violation } from "@archway/conformance/history/violation.ts";
import type { ConnectionPool } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { SILENT_LOGGER } from "@archway/server/logger.ts";
import { withIdempotency, withLogger } from "@archway/server/server_options.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { mountOnPool, serviceServer } from "@archway/tools/support/service_server.ts";
import {
  recordInProcess,
  type RecordInProcessOptions,
} from "@archway/tools/verify/faults/record_in_process.ts";
import { byName } from "../payment_client.ts";
import { PAYMENT_MIGRATIONS, PAYMENT_SERVICES } from "../payment_program.ts";
import { BACKGROUND_FAULTS, webhooksOfTransfers } from "./background_faults.ts";
import { batchWorkload } from "./batch_workload.ts";

/** Owners that take turns. */
const OWNERS = ["ada", "bob"].map((name) => [["Authorization", `Bearer ${name}`] as const]);
const PROGRAM = {
  services: PAYMENT_SERVICES,
  settings: { WEBHOOK_ALLOW_PRIVATE: "true", OUTBOX_POLL_INTERVAL: "100ms" },
};
/** Number of operations of a round. */
const OPERATIONS = 120;

/** Returns the contradictions in histories of a program with workers on a pool. */
async function violationsOn(
  pool: ConnectionPool,
  options: Pick<RecordInProcessOptions, "workload" | "rounds" | "until">,
): Promise<readonly Violation[]> {
  const mounted = mountOnPool(pool, PROGRAM);
  await using stack = new AsyncDisposableStack();
  for (const { background } of mounted.services) {
    const work = await background?.open();
    if (work !== undefined) stack.use(work).start();
  }
  const server = stack.use(serviceServer(pool, {
    ...PROGRAM,
    options: [byName, withLogger(SILENT_LOGGER), withIdempotency(mounted.idempotency)],
  }));
  return await recordInProcess(server, { ...options, fields: OWNERS, operations: OPERATIONS });
}

Deno.test("webhookWorkload and batchWorkload find planted defects, and nothing without them", async (t) => {
  await using database = await useTestDatabase({ migrations: PAYMENT_MIGRATIONS });
  await using pool = openPool({
    primary: { ...database.instance, maxConnections: 20 },
    replicas: [],
    ...GENEROUS_TIMEOUTS,
  });
  await t.step("nothing", async () => {
    for (const workload of [webhooksOfTransfers(), batchWorkload()]) {
      assertEquals(await violationsOn(pool, { workload, rounds: 1 }), []);
    }
  });
  for (const [name, { workload, plant, message }] of Object.entries(BACKGROUND_FAULTS)) {
    await t.step(name, async () => {
      const until = (one: Violation): boolean => message.test(`${one.check}: ${one.message}`);
      assertEquals((await violationsOn(plant(pool), { workload, until })).some(until), true);
    });
  }
});
