import type { Logger } from "@logtape/logtape";
import type { DatabaseObserver } from "@archway/db/database_observer.ts";
import type { ConnectionPool } from "@archway/db/db.ts";
import type { RequestObserver } from "@archway/server/request_observer.ts";
import type { ProgramRecorder, TraceRecorder } from "@archway/service_kit/developer_tool.ts";
import type { MetricSink } from "@archway/service_kit/metric_sink.ts";
import { UNTRACED, type WorkTracer } from "@archway/service_kit/observed_work.ts";
import type { MetricsExport, TelemetryExport, TracesExport } from "@archway/service_kit/telemetry_export.ts";
import { logRequests } from "./telemetry/access_log.ts";
import { allSinks, observeAll } from "./telemetry/combine.ts";
import { SCOPE } from "./telemetry/instrumentation_scope.ts";
import { logSlowStatements } from "./telemetry/log_slow_statements.ts";
import { measureDatabase, measurePool } from "./telemetry/measure_database.ts";
import { measureProcess } from "./telemetry/measure_process.ts";
import { measureRequests } from "./telemetry/measure_requests.ts";
import type { OtlpMetrics } from "./telemetry/open_otlp_metrics.ts";
import type { OpenTracing, TracingDependencies } from "./telemetry/open_tracing.ts";
import type { PrometheusMetrics } from "./telemetry/prometheus_metrics.ts";

/** Telemetry of the program. What is disabled has no observer, and so no cost. Disposing exports what is left. */
export interface Telemetry extends AsyncDisposable {
  /** Observers of requests, outermost first. */
  readonly requests: readonly RequestObserver[];
  /** Observer of the database; undefined if nothing observes it. */
  readonly database: DatabaseObserver | undefined;
  /** Sink for metrics of services; undefined if none are collected. */
  readonly metrics: MetricSink | undefined;
  /** Traces work outside of requests. */
  readonly tracer: WorkTracer;
  /** Source of `/metrics`; undefined if disabled. */
  readonly prometheus: PrometheusMetrics | undefined;
  /** Exports what is queued, for a limited time; undefined if nothing is exported. */
  readonly flush: (() => Promise<void>) | undefined;
  /** Starts to measure a connection pool. */
  watch(pool: Pick<ConnectionPool, "load">): void;
}

/** Options of telemetry. */
export interface TelemetryOptions {
  readonly logger: Logger;
  /** Whether to collect metrics for Prometheus. */
  readonly prometheus: boolean;
  /** Time from which statements are logged as slow, in milliseconds; 0 for none. */
  readonly slowStatementMs: number;
  /** Name of the program, for exports without another. */
  readonly name: string;
  readonly exports: TelemetryExport;
  /** Receives the spans of requests, exported or not, and the metrics. @default none */
  readonly recorder?: ProgramRecorder | undefined;
}

/**
 * Starts telemetry: an access log if the log level is "info" or below, export of spans and metrics as configured, and
 * metrics for Prometheus if enabled.
 */
export async function startTelemetry(
  { logger, prometheus, slowStatementMs, name, exports, recorder }: TelemetryOptions,
): Promise<Telemetry> {
  await using stack = new AsyncDisposableStack();
  if (await isTracedByDeno()) {
    logger.warn(
      "OTEL_DENO is set: Deno exports spans of its own, with URLs as received, and every request costs more; " +
        "unset it, OTEL_EXPORTER_OTLP_ENDPOINT suffices",
    );
  }
  // Distinguishes the series of several processes.
  const resource = { "service.name": name, "service.instance.id": crypto.randomUUID(), ...exports.resource };
  const forPrometheus = prometheus ? await openPrometheus() : undefined;
  const byOtlp = exports.metrics && stack.use(await openMetrics(exports.metrics, { resource, logger }));
  const sinks: readonly MetricSink[] = [
    ...(byOtlp === undefined ? [] : [byOtlp.sink]),
    ...(forPrometheus === undefined ? [] : [forPrometheus.sink]),
    ...(recorder === undefined ? [] : [recorder.metrics]),
  ];
  const sink = sinks.length === 0 ? undefined : allSinks(sinks);
  if (sink !== undefined) stack.use(measureProcess(sink));
  const tracing = exports.traces !== undefined
    ? stack.use(await openTracer(exports.traces, { resource, logger, sink, recorder }))
    : recorder && stack.use(await openRecording(recorder));
  const opened = stack.move();
  const exporting = [byOtlp, tracing].filter((each) => each !== undefined);
  return {
    prometheus: forPrometheus,
    flush: exporting.length === 0
      ? undefined
      : async (): Promise<void> => void await Promise.all(exporting.map((each) => each.flush())),
    requests: [
      ...(sink === undefined ? [] : [measureRequests(sink)]),
      ...(logger.isEnabledFor("info") ? [logRequests(logger)] : []),
      ...(tracing === undefined ? [] : [tracing.requests]),
    ],
    database: observeAll([
      ...(sink === undefined ? [] : [measureDatabase(sink)]),
      ...(tracing === undefined ? [] : [tracing.database]),
      ...(slowStatementMs === 0 ? [] : [logSlowStatements(logger, slowStatementMs)]),
    ]),
    metrics: sink,
    tracer: tracing?.work ?? UNTRACED,
    watch(pool): void {
      if (sink !== undefined) measurePool(sink, pool);
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Global that every copy of OpenTelemetry's API shares, in which Deno registers its own providers. */
const API = Symbol.for("opentelemetry.js.api.1");

/** Whether Deno records spans too. Checked with a probe, which is never ended and so never exported. */
async function isTracedByDeno(): Promise<boolean> {
  if (Reflect.get(globalThis, API) === undefined) return false;
  const { isSpanContextValid, trace } = await import("@opentelemetry/api");
  return isSpanContextValid(trace.getTracer(SCOPE).startSpan("probe").spanContext());
}

// Packages are loaded on demand, as most programs need none of them.

async function openPrometheus(): Promise<PrometheusMetrics> {
  const { PrometheusMetrics } = await import("./telemetry/prometheus_metrics.ts");
  return new PrometheusMetrics();
}

async function openMetrics(
  options: MetricsExport,
  dependencies: Pick<TracingDependencies, "resource" | "logger">,
): Promise<OtlpMetrics> {
  const { openOtlpMetrics } = await import("./telemetry/open_otlp_metrics.ts");
  return openOtlpMetrics(options, dependencies);
}

async function openTracer(options: TracesExport, dependencies: TracingDependencies): Promise<OpenTracing> {
  const { openTracing } = await import("./telemetry/open_tracing.ts");
  return openTracing(options, dependencies);
}

async function openRecording(recorder: TraceRecorder): Promise<OpenTracing> {
  const { recordTraces } = await import("./telemetry/record_traces.ts");
  return recordTraces(recorder);
}
