import { join } from "node:path";
import { compareRows } from "./rows_scenario.ts";
import { HttpServerProcess } from "./http_server_process.ts";
import { startService } from "./programs.ts";
import { type LoadSetting, loadSettings, type Scenario } from "./scenario.ts";
import { startBenchDatabase } from "./start_bench_database.ts";

/** Variables by the kind of telemetry that they switch on; the first is the base, which emits nothing. */
function variantsOf(sink: string): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const traces = {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${sink}/v1/traces`,
    OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
  };
  return {
    "off": {},
    "log": { LOG_LEVEL: "info" },
    "Prometheus": { ADMIN_PORT: "0" },
    "metrics by OTLP": {
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${sink}/v1/metrics`,
      OTEL_METRIC_EXPORT_INTERVAL: "1000",
    },
    "traces 1 %": { ...traces, OTEL_TRACES_SAMPLER_ARG: "0.01" },
    "traces full": traces,
  };
}

/** The service with one kind of telemetry each beside the service without any. */
export const telemetryScenario: Scenario<LoadSetting> = {
  name: "telemetry",
  description: "cost of logs, metrics and traces",
  parts: ["health", "one", "list"],
  settings: loadSettings({ rounds: 5, seconds: 2, connections: 16 }),
  measure: async (run) => {
    const { database, ids } = await startBenchDatabase(run);
    const args = ["--allow-net=127.0.0.1", join(import.meta.dirname ?? ".", "otlp_sink.ts")];
    const sink = run.stack.use(await HttpServerProcess.start({ args }));
    const servers: Record<string, HttpServerProcess> = {};
    for (const [name, variables] of Object.entries(variantsOf(sink.url("")))) {
      // A service without a log does not report its port.
      const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const env = {
        LOG_LEVEL: "warning",
        PORT: String(free.addr.port),
        ...variables,
      };
      free.close();
      servers[name] = await startService(database, run, { env });
    }
    return { "": await compareRows(run, { servers, ids }) };
  },
};
