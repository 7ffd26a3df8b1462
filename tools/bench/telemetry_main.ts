import { join } from "node:path";
import { HttpServerProcess } from "./http_server_process.ts";
import { startService } from "./programs.ts";
import { rowScenario } from "./row_scenario.ts";
import { progress, runBench } from "./run_bench.ts";
import type { RunOptions } from "./run_options.ts";
import { startBenchDatabase } from "./start_bench_database.ts";
import { ratioOf, takeTurns } from "./take_turns.ts";
import { parseTelemetryOptions, TELEMETRY_USAGE } from "./telemetry_options.ts";
import { renderTelemetryReport, type TelemetryResults } from "./telemetry_report.ts";

const ROWS = [["health", "health, no database"], ["one", "one by id"], ["list", "list of 20"]] as const;

/** What is switched on, and the variables that do it. */
const VARIANTS: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ["log", { LOG_LEVEL: "info" }],
  ["Prometheus", { ADMIN_PORT: "0" }],
  ["traces 1 %", {
    OTEL_DENO: "true",
    OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
    OTEL_TRACES_SAMPLER_ARG: "0.01",
  }],
  ["traces full", { OTEL_DENO: "true", OTEL_TRACES_SAMPLER: "parentbased_always_on" }],
];

/** Nothing is told. */
const OFF = { LOG_LEVEL: "warning" };

/** Measures what telemetry costs. What it starts, it stops. */
async function benchTelemetry(options: RunOptions, signal: AbortSignal): Promise<TelemetryResults> {
  await using stack = new AsyncDisposableStack();
  progress("Starting PostgreSQL and filling a database");
  const { database, ids, generator } = stack.use(await startBenchDatabase(signal));
  const args = ["--allow-net=127.0.0.1", join(import.meta.dirname ?? ".", "otlp_sink.ts")];
  const sink = stack.use(await HttpServerProcess.start({ args }));
  const exporter = { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url("") };
  const services: HttpServerProcess[] = [];
  for (const [, variables] of [["off", {}] as const, ...VARIANTS]) {
    // A service that logs nothing does not tell its port.
    const env = { ...OFF, ...exporter, ...variables, PORT: String(freePort()) };
    services.push(stack.use(await startService(database, { env })));
  }
  for (const service of services) await service.untilOk("/readyz", signal);
  const { rounds, seconds, connections } = options;
  const rows: { label: string; ratios: ReturnType<typeof ratioOf>[] }[] = [];
  for (const [row, label] of ROWS) {
    progress(`Measuring: ${label}`);
    const variants = await Promise.all(services.map(async (service) => ({
      target: service.target,
      scenario: await rowScenario(row, service, { ids }),
    })));
    const run = { generator, rounds, seconds, connections, signal };
    const [off = [], ...others] = await takeTurns(variants, run);
    rows.push({ label, ratios: others.map((on) => ratioOf(on, off, "requestsPerSecond")) });
  }
  const cores = navigator.hardwareConcurrency;
  return { rounds, seconds, connections, cores, variants: VARIANTS.map(([name]) => name), rows };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

if (import.meta.main) {
  await runBench({
    usage: TELEMETRY_USAGE,
    parse: parseTelemetryOptions,
    measure: benchTelemetry,
    render: renderTelemetryReport,
  });
}
