import type { Logger } from "@logtape/logtape";
import type { DatabaseObserver } from "@archway/db/database_observer.ts";
import type { ConnectionPool } from "@archway/db/db.ts";
import type { RequestObserver } from "@archway/server/request_observer.ts";
import type { MetricSink } from "@archway/service_kit/metric_sink.ts";
import { UNTRACED, type WorkTracer } from "@archway/service_kit/observed_work.ts";
import { logRequests } from "./telemetry/access_log.ts";
import { logSlowStatements } from "./telemetry/log_slow_statements.ts";
import { isTracing, SCOPE } from "./telemetry/is_tracing.ts";
import { metrics } from "@opentelemetry/api";
import { measureDatabase, measurePool } from "./telemetry/measure_database.ts";
import { measureProcess } from "./telemetry/measure_process.ts";
import { measureRequests } from "./telemetry/measure_requests.ts";
import { meterSink } from "./telemetry/meter_sink.ts";
import { allSinks } from "./telemetry/all_sinks.ts";
import { observeAll } from "./telemetry/observe_all.ts";
import type { PrometheusMetrics } from "./telemetry/prometheus_metrics.ts";
import { traceDatabase } from "./telemetry/trace_database.ts";
import { traceRequests } from "./telemetry/trace_requests.ts";
import { traceWork } from "./telemetry/trace_work.ts";

/** Telemetry of the program. What is disabled has no observer, and so no cost. */
export interface Telemetry extends Disposable {
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
}

/**
 * Starts telemetry: an access log if the log level is "info" or below, spans and metrics if Deno exports them
 * (`OTEL_DENO=true`), and metrics for Prometheus if enabled.
 */
export async function startTelemetry(
  { logger, prometheus, slowStatementMs }: TelemetryOptions,
): Promise<Telemetry> {
  const exports = isTracing();
  const forPrometheus = prometheus ? await openPrometheus() : undefined;
  const sinks: readonly MetricSink[] = [
    ...(exports ? [meterSink(metrics.getMeter(SCOPE))] : []),
    ...(forPrometheus === undefined ? [] : [forPrometheus.sink]),
  ];
  const sink = sinks.length === 0 ? undefined : allSinks(sinks);
  const process = sink && measureProcess(sink);
  return {
    prometheus: forPrometheus,
    requests: [
      ...(sink === undefined ? [] : [measureRequests(sink)]),
      ...(logger.isEnabledFor("info") ? [logRequests(logger)] : []),
      ...(exports ? [traceRequests()] : []),
    ],
    database: observeAll([
      ...(sink === undefined ? [] : [measureDatabase(sink)]),
      ...(exports ? [traceDatabase()] : []),
      ...(slowStatementMs === 0 ? [] : [logSlowStatements(logger, slowStatementMs)]),
    ]),
    metrics: sink,
    tracer: exports ? traceWork() : UNTRACED,
    watch(pool): void {
      if (sink !== undefined) measurePool(sink, pool);
    },
    [Symbol.dispose]: () => process?.[Symbol.dispose](),
  };
}

/** Opens the metrics for Prometheus. Its package is loaded on demand, as most programs do not need it. */
async function openPrometheus(): Promise<PrometheusMetrics> {
  const { PrometheusMetrics } = await import("./telemetry/prometheus_metrics.ts");
  return new PrometheusMetrics();
}
