import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, untilReady } from "@archway/tools/support/program.ts";
import { type Exported, readExported } from "@archway/tools/support/prometheus/exported_metrics.ts";

/** Returns the metrics that every program exports, after requests with various outcomes. */
export async function platformMetrics(): Promise<Exported> {
  await using database = await useTestDatabase();
  const { instance } = database;
  await using program = new Program({
    ...postgresEnvironment(instance),
    // A server that is not a standby counts as a replica without lag.
    POSTGRES_REPLICA_0_HOST: instance.host,
    POSTGRES_REPLICA_0_PORT: String(instance.port),
    MIGRATE_ON_START: "true",
    ADMIN_PORT: "0",
    RATE_LIMIT: "1/1h",
    // No receiver listens, so that spans are lost.
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:1/v1/traces",
    OTEL_EXPORTER_OTLP_TIMEOUT: "100",
    OTEL_BSP_SCHEDULE_DELAY: "10",
  });
  const url = await program.url;
  await untilReady(url);
  for (const path of ["/v1/contacts", "/v1/contacts", "/nowhere"]) {
    await (await fetch(url + path)).body?.cancel();
  }
  for (const method of ["STRANGE", "POST"]) {
    await (await fetch(`${url}/v1/contacts`, { method })).body?.cancel();
  }
  // Exported after the first probe, the first timer and the first failed export.
  const late = ["lag_seconds{", "event_loop_delay_seconds_count", "telemetry_dropped_total{"];
  return await readExported(await program.metricsUrl, late);
}
