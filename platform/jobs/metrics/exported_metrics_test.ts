import { assertEquals } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program } from "@archway/tools/support/program.ts";
import { missingInAlerts } from "@archway/tools/support/prometheus/alerts.ts";
import { compareDashboards } from "@archway/tools/support/prometheus/dashboards.ts";
import { type Exported, readExported } from "@archway/tools/support/prometheus/exported_metrics.ts";
import { migrationSources } from "@archway/program/project.ts";
import { enqueue } from "../enqueue.ts";
import { jobsModule } from "../module.ts";
import { sendReceipt } from "../testing/shop/send_receipt.ts";
import { RECEIPT_PROGRAM } from "../testing/receipt_program.ts";

/** Returns the metrics of a worker that has run a job. */
async function workerMetrics(): Promise<Exported> {
  await using database = await useTestDatabase({ migrations: migrationSources([jobsModule]) });
  await using pool = openPool({ primary: database.instance, replicas: [] });
  await enqueue(pool.writer(), sendReceipt, { orderId: "1", url: "http://127.0.0.1:9/" });
  const environment = { ...postgresEnvironment(database.instance), ADMIN_PORT: "0" };
  await using worker = new Program(environment, ["worker"], { main: RECEIPT_PROGRAM });
  return await readExported(await worker.metricsUrl, ["job_waiting{", "job_duration_seconds_count{"]);
}

Deno.test("Alerts and the dashboard of jobs use exported metrics only, and the dashboard shows all of them", async () => {
  const known = await workerMetrics();
  assertEquals(await missingInAlerts("jobs", known), []);
  const prefix = /^archway_(?:job|schedule)_/;
  assertEquals(await compareDashboards(["jobs"], { known, prefix }), { missing: [], notShown: [] });
});
