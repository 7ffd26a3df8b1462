import type { Measure, MetricSink } from "@archway/service_kit/metric_sink.ts";

/** Combines sinks into one. */
export function allSinks(sinks: readonly MetricSink[]): MetricSink {
  const [only, ...others] = sinks;
  if (only !== undefined && others.length === 0) return only;
  const toAll = (measures: readonly Measure[]): Measure => (value, labels): void => {
    for (const measure of measures) measure(value, labels);
  };
  return {
    histogram: (definition) => toAll(sinks.map((sink) => sink.histogram(definition))),
    counter: (definition) => toAll(sinks.map((sink) => sink.counter(definition))),
    gauge(definition, read): void {
      for (const sink of sinks) sink.gauge(definition, read);
    },
  };
}
