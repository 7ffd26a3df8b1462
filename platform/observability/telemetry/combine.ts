import type { DatabaseObserver, Observation } from "@archway/db/database_observer.ts";
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

/** Combines observers into one, the first outermost around transactions. Returns undefined if there are none. */
export function observeAll(observers: readonly DatabaseObserver[]): DatabaseObserver | undefined {
  return observers.length === 0 ? undefined : observers.reduceRight((inner, outer) => ({
    statement(text, instance, options): Observation | undefined {
      return both(outer.statement(text, instance, options), inner.statement(text, instance, options));
    },
    transaction: (instance, run) =>
      outer.transaction(
        instance,
        (first) => inner.transaction(instance, (second) => run(both(first, second) ?? first)),
      ),
  }));
}

function both(first: Observation | undefined, second: Observation | undefined): Observation | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return {
    connected(server): void {
      first.connected(server);
      second.connected(server);
    },
    ended(outcome): void {
      first.ended(outcome);
      second.ended(outcome);
    },
  };
}
