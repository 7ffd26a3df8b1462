import type { Meter } from "@opentelemetry/api";
import type { Measure, MetricDefinition, MetricSink } from "@archway/service_kit/metric_sink.ts";

/** Options of a meter sink. */
export interface MeterSinkOptions {
  /**
   * Whether names have their unit as suffix, the convention of Prometheus.
   *
   * @default false
   */
  readonly namesUnits?: boolean;
}

/** Returns a sink that records metrics with a meter of OpenTelemetry. */
export function meterSink(meter: Meter, { namesUnits = false }: MeterSinkOptions = {}): MetricSink {
  const nameOf = ({ name, unit }: MetricDefinition): string =>
    namesUnits ? `${name}${{ s: "_seconds", By: "_bytes", "": "" }[unit]}` : name;
  return {
    histogram({ buckets, ...definition }): Measure {
      const { description, unit } = definition;
      const advice = { explicitBucketBoundaries: [...buckets] };
      const histogram = meter.createHistogram(nameOf(definition), { description, unit, advice });
      return (value, labels) => histogram.record(value, labels);
    },
    counter(definition): Measure {
      const { description, unit } = definition;
      const counter = meter.createCounter(nameOf(definition), { description, unit });
      return (value, labels) => counter.add(value, labels);
    },
    gauge(definition, read): void {
      const { description, unit } = definition;
      meter.createObservableGauge(nameOf(definition), { description, unit }).addCallback((result) => {
        for (const { value, labels } of read()) result.observe(value, labels);
      });
    },
  };
}
