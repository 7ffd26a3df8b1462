import type { Logger } from "@logtape/logtape";
import type { DatabaseObserver } from "@archway/db/database_observer.ts";
import type { ConnectionPool } from "@archway/db/db.ts";
import type { RequestObserver } from "@archway/server/request_observer.ts";
import type { MetricSink } from "@archway/service_kit/metric_sink.ts";
import { UNTRACED, type WorkTracer } from "@archway/service_kit/observed_work.ts";
import { logRequests } from "./telemetry/access_log.ts";
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

/** What watches the program. What is switched off has no observer, so it costs nothing. */
export interface Telemetry extends Disposable {
  /** For the server, outermost first. */
  readonly requests: readonly RequestObserver[];
  /** For the database; undefined: nobody watches it. */
  readonly database: DatabaseObserver | undefined;
  /** Metrics of services; undefined: none are collected. */
  readonly metrics: MetricSink | undefined;
  /** Traces work outside of requests. */
  readonly tracer: WorkTracer;
  /** What `/metrics` tells; undefined: it was not asked for. */
  readonly prometheus: PrometheusMetrics | undefined;
  /** Begins to tell what the connections do. */
  watch(pool: Pick<ConnectionPool, "load">): void;
}

/** What is asked for. */
export interface TelemetryOptions {
  readonly logger: Logger;
  /** Whether somebody wants metrics in Prometheus' format. */
  readonly prometheus: boolean;
}

/**
 * Begins to watch: a line of the log for every request where that is at level "info", spans and metrics where the
 * platform exports them (`OTEL_DENO=true`), metrics for Prometheus where they are asked for.
 */
export async function startTelemetry({ logger, prometheus }: TelemetryOptions): Promise<Telemetry> {
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
    ]),
    metrics: sink,
    tracer: exports ? traceWork() : UNTRACED,
    watch(pool): void {
      if (sink !== undefined) measurePool(sink, pool);
    },
    [Symbol.dispose]: () => process?.[Symbol.dispose](),
  };
}

/** Loaded when it is asked for: most programs need no package for it. */
async function openPrometheus(): Promise<PrometheusMetrics> {
  const { PrometheusMetrics } = await import("./telemetry/prometheus_metrics.ts");
  return new PrometheusMetrics();
}
