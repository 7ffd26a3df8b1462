import { assertEquals } from "@std/assert";
import type { Workload } from "@archway/conformance/history/workload.ts";
import type { ConnectionPool } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { SILENT_LOGGER } from "@archway/server/logger.ts";
import { withIdempotency, withLogger } from "@archway/server/server_options.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { mountOnPool, serviceServer } from "@archway/tools/support/service_server.ts";
import { recordInProcess } from "@archway/tools/verify/faults/record_in_process.ts";
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

/** Returns the contradictions in a history of a program with workers on a pool. */
async function messagesOn(pool: ConnectionPool, workload: Workload, rounds = 8): Promise<readonly string[]> {
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
  const violations = await recordInProcess(server, {
    ...{ workload, rounds, fields: OWNERS, operations: OPERATIONS },
  });
  return violations.map(({ check, message }) => `${check}: ${message}`);
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
      assertEquals(await messagesOn(pool, workload, 1), []);
    }
  });
  for (const [name, { workload, plant, message }] of Object.entries(BACKGROUND_FAULTS)) {
    await t.step(name, async () => {
      const found = await messagesOn(plant(pool), workload);
      assertEquals(found.some((one) => message.test(one)), true, found.join("\n"));
    });
  }
});
