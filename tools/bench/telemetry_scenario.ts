import { join } from "node:path";
import { compareRows, pickedRows, rowParts } from "./compare_rows.ts";
import { HttpServerProcess } from "./http_server_process.ts";
import { startService } from "./programs.ts";
import type { RowName } from "./row_workload.ts";
import { type LoadSetting, loadSettings, type Scenario } from "./scenario.ts";
import { startBenchDatabase } from "./start_bench_database.ts";

const ROWS: readonly RowName[] = ["health", "one", "list"];

/** Variables by what they switch on; the first is the base, which emits nothing. */
const VARIANTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "off": {},
  "log": { LOG_LEVEL: "info" },
  "Prometheus": { ADMIN_PORT: "0" },
  "traces 1 %": {
    OTEL_DENO: "true",
    OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
    OTEL_TRACES_SAMPLER_ARG: "0.01",
  },
  "traces full": { OTEL_DENO: "true", OTEL_TRACES_SAMPLER: "parentbased_always_on" },
};

/** The service with one kind of telemetry each beside the service without any. */
export const telemetryScenario: Scenario<LoadSetting> = {
  name: "telemetry",
  description: "cost of logs, metrics and traces",
  parts: rowParts(ROWS),
  settings: loadSettings({ rounds: 5, seconds: 2, connections: 16 }),
  measure: async (run) => {
    const { stack, signal } = run;
    const { database, ids } = await startBenchDatabase(run);
    const args = ["--allow-net=127.0.0.1", join(import.meta.dirname ?? ".", "otlp_sink.ts")];
    const sink = stack.use(await HttpServerProcess.start({ args }));
    const servers: Record<string, HttpServerProcess> = {};
    for (const [name, variables] of Object.entries(VARIANTS)) {
      const env = { LOG_LEVEL: "warning", OTEL_EXPORTER_OTLP_ENDPOINT: sink.url(""), ...variables };
      // A service without a log does not report its port.
      servers[name] = stack.use(
        await startService(database, { signal, env: { ...env, PORT: String(freePort()) } }),
      );
    }
    return [{ title: "", results: await compareRows(run, pickedRows(run, ROWS), { servers, ids }) }];
  },
};

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
