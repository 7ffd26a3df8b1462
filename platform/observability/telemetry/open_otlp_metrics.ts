import {
  JsonMetricsSerializer,
  MetricsExporterMetricsHelper,
  ProtobufMetricsSerializer,
} from "@opentelemetry/otlp-transformer";
import {
  AggregationTemporality,
  InstrumentType,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
  type ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import type { Logger } from "@archway/server/logger.ts";
import type { MetricSink } from "@archway/service_kit/metric_sink.ts";
import type { MetricsExport } from "@archway/service_kit/telemetry_export.ts";
import { SCOPE } from "./instrumentation_scope.ts";
import { meterSink } from "./meter_sink.ts";
import { ExportReport } from "./otlp/export_report.ts";
import { OtlpExporter } from "./otlp/otlp_exporter.ts";
import { programResource } from "./otlp/program_resource.ts";
import { withinFlushTime } from "./otlp/within_flush_time.ts";

/** Dependencies of {@link openOtlpMetrics}. */
export interface OtlpMetricsDependencies {
  /** Attributes of everything exported. */
  readonly resource: Readonly<Record<string, string>>;
  readonly logger: Logger;
}

/** Metrics that are exported at intervals. Disposing exports them once more, for a limited time. */
export interface OtlpMetrics extends AsyncDisposable {
  readonly sink: MetricSink;
  /** Exports the current values, for a limited time. */
  flush(): Promise<void>;
}

/** Starts to export metrics by OTLP. */
export function openOtlpMetrics(
  metrics: MetricsExport,
  { resource, logger }: OtlpMetricsDependencies,
): OtlpMetrics {
  const exporter = new OtlpExporter<ResourceMetrics>(metrics, {
    json: JsonMetricsSerializer,
    protobuf: ProtobufMetricsSerializer,
    counts: MetricsExporterMetricsHelper,
  });
  const report = new ExportReport({ signal: "metrics", url: metrics.url, logger });
  const reporting: PushMetricExporter = {
    export(data, done): void {
      exporter.export(data, (result) => {
        report.exported(result.error);
        done(result);
      });
    },
    selectAggregationTemporality: (type) => temporalityOf(type, metrics.temporality),
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
  const reader = new PeriodicExportingMetricReader({
    exporter: reporting,
    exportIntervalMillis: metrics.intervalMs,
    exportTimeoutMillis: Math.min(metrics.intervalMs, metrics.timeoutMs),
  });
  const provider = new MeterProvider({ readers: [reader], resource: programResource(resource) });
  return {
    sink: meterSink(provider.getMeter(SCOPE)),
    // Failures are reported by the exporter.
    flush: async (): Promise<void> => void await withinFlushTime(provider.forceFlush().catch(() => {})),
    async [Symbol.asyncDispose](): Promise<void> {
      // Failures are reported by the exporter.
      if (!await withinFlushTime(provider.shutdown().catch(() => {}))) report.abandoned();
      exporter[Symbol.dispose]();
    },
  };
}

/** Gauges that are no longer read disappear only if they are deltas, such as the lag of a lost replica. */
function temporalityOf(type: InstrumentType, preference: "cumulative" | "delta"): AggregationTemporality {
  if (type === InstrumentType.OBSERVABLE_GAUGE) return AggregationTemporality.DELTA;
  const isDelta = preference === "delta" &&
    (type === InstrumentType.COUNTER || type === InstrumentType.HISTOGRAM);
  return isDelta ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE;
}
