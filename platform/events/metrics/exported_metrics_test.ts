import { assertEquals } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program } from "@archway/tools/support/program.ts";
import { missingInAlerts } from "@archway/tools/support/prometheus/alerts.ts";
import { compareDashboards } from "@archway/tools/support/prometheus/dashboards.ts";
import { type Exported, readExported } from "@archway/tools/support/prometheus/exported_metrics.ts";
import { appendEvents } from "../outbox/testing/append_events.ts";
import { EVENT_MIGRATIONS } from "../testing/event_databases.ts";
import { SHOP_PROGRAM } from "../testing/shop_program.ts";
import { WorkerHarness } from "../worker/testing/worker_harness.ts";

/** Returns the metrics of a worker that has delivered an event. */
async function workerMetrics(): Promise<Exported> {
  await using database = await useTestDatabase({ migrations: EVENT_MIGRATIONS });
  const { instance } = database;
  await using worker = new Program(
    { ...postgresEnvironment(instance), ADMIN_PORT: "0", WEBHOOK_ALLOW_PRIVATE: "true" },
    ["worker"],
    { main: SHOP_PROGRAM },
  );
  await deliverEvent(instance);
  return await readExported(await worker.metricsUrl, ["outbox_depth{", "webhook_duration_seconds_count"]);
}

/** Appends an event and waits until a webhook has received it. */
async function deliverEvent(instance: InstanceConfig): Promise<void> {
  await using pool = openPool({ primary: instance, replicas: [] });
  await using harness = new WorkerHarness(pool);
  await harness.addReceiver();
  await appendEvents(pool, [{ stream: "order-1" }]);
  await harness.untilSettled();
}

Deno.test("Alerts and the dashboard of events use exported metrics only, and the dashboard shows all of them", async () => {
  const known = await workerMetrics();
  assertEquals(await missingInAlerts("events", known), []);
  const prefix = /^archway_(?:outbox|webhook|broker|worker)_/;
  assertEquals(await compareDashboards(["events"], { known, prefix }), { missing: [], notShown: [] });
});
