import { type Meter, metrics } from "@opentelemetry/api";
import { SCOPE } from "./is_tracing.ts";
import type { Measure, MetricSink } from "./metric_sink.ts";

/** Gives metrics to the platform, which exports them as `OTEL_EXPORTER_OTLP_…` says. */
export function otlpMetrics(meter: Meter = metrics.getMeter(SCOPE)): MetricSink {
  return {
    histogram({ name, description, unit, buckets }): Measure {
      const advice = { explicitBucketBoundaries: [...buckets] };
      const histogram = meter.createHistogram(name, { description, unit, advice });
      return (value, labels) => histogram.record(value, labels);
    },
    counter({ name, description, unit }): Measure {
      const counter = meter.createCounter(name, { description, unit });
      return (value, labels) => counter.add(value, labels);
    },
    gauge({ name, description, unit }, read): void {
      meter.createObservableGauge(name, { description, unit }).addCallback((result) => {
        for (const { value, labels } of read()) result.observe(value, labels);
      });
    },
  };
}
