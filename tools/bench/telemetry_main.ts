import { join } from "node:path";
import { openPool } from "../../db/postgres/open_pool.ts";
import { startPostgres } from "../postgres/start_postgres.ts";
import { HttpServerProcess } from "./http_server_process.ts";
import { LoadGenerator, startService } from "./programs.ts";
import { rowScenario } from "./row_scenario.ts";
import { progress, runBench } from "./run_bench.ts";
import { seedProfiles } from "./seed_profiles.ts";
import { ratioOf, takeTurns } from "./take_turns.ts";
import { parseTelemetryOptions, TELEMETRY_USAGE, type TelemetryOptions } from "./telemetry_options.ts";
import { renderTelemetryReport, type TelemetryResults } from "./telemetry_report.ts";

const POOL_SIZE = 10;
const SAMPLE = 4096;
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

/** Nobody is refused, and nothing is told. */
const OFF = { LOG_LEVEL: "warning", ADMISSION_MAX_DELAY: "0s" };

/** Measures what telemetry costs. What it starts, it stops. */
async function benchTelemetry(options: TelemetryOptions, signal: AbortSignal): Promise<TelemetryResults> {
  await using stack = new AsyncDisposableStack();
  progress("Starting PostgreSQL and filling a database");
  const postgres = await startPostgres({ tcp: true, settings: { "autovacuum": "off" } });
  stack.defer(async () => {
    await postgres.stop();
    await postgres[Symbol.asyncDispose]();
  });
  const database = { ...postgres.tcpInstance, database: "bench", maxConnections: POOL_SIZE };
  {
    await using pool = openPool({ primary: postgres.tcpInstance, replicas: [] });
    await pool.writer().query(`create database ${database.database}`);
  }
  const ids = await seedProfiles(database, { sampleSize: SAMPLE });
  const generator = stack.use(new LoadGenerator());
  signal.addEventListener("abort", () => generator[Symbol.asyncDispose](), { once: true });
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
      scenario: await rowScenario(row, service, ids),
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
