import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Measure, MetricDefinition, MetricSink } from "./metric_sink.ts";

/** Keeps metrics to be asked for them, in Prometheus' text format. */
export class PrometheusMetrics implements MetricSink {
  readonly #registry = new Registry();

  /** The media type of {@link text}. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All metrics as they are now. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  histogram(definition: MetricDefinition & { readonly buckets: readonly number[] }): Measure {
    const buckets = [...definition.buckets];
    const histogram = new Histogram({ ...this.#describe(definition), buckets });
    return (value, labels) => histogram.observe(labels, value);
  }

  counter(definition: MetricDefinition): Measure {
    const described = this.#describe(definition);
    const counter = new Counter({ ...described, name: `${described.name}_total` });
    return (value, labels) => counter.inc(labels, value);
  }

  gauge(definition: MetricDefinition, read: Parameters<MetricSink["gauge"]>[1]): void {
    new Gauge({
      ...this.#describe(definition),
      collect(): void {
        this.reset();
        for (const { value, labels } of read()) this.set(labels, value);
      },
    });
  }

  #describe({ name, description, unit, labels }: MetricDefinition): Described {
    const suffix = { s: "_seconds", By: "_bytes", "": "" }[unit];
    return {
      name: `${name.replaceAll(".", "_")}${suffix}`,
      help: description,
      labelNames: [...labels],
      registers: [this.#registry],
    };
  }
}

/** What Prometheus wants to know of a metric. */
interface Described {
  readonly name: string;
  readonly help: string;
  readonly labelNames: string[];
  readonly registers: Registry[];
}
