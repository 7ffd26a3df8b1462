/** What distinguishes the series of a metric. Every label takes one of few values, whatever clients send. */
export type Labels = Readonly<Record<string, string>>;

/** A metric. */
export interface MetricDefinition {
  /** E.g. "archway.request.duration". */
  readonly name: string;
  readonly description: string;
  /** "s", "By", or "" where things are counted. */
  readonly unit: "s" | "By" | "";
  /** The names of the labels. */
  readonly labels: readonly string[];
}

/** A metric whose measurements are sorted into buckets. */
export interface HistogramDefinition extends MetricDefinition {
  /** The upper bounds of the buckets, ascending. */
  readonly buckets: readonly number[];
}

/** The value of one series. */
export interface Reading {
  readonly value: number;
  readonly labels: Labels;
}

/** Takes note of a measurement. */
export type Measure = (value: number, labels: Labels) => void;

/** Where metrics go. */
export interface MetricSink {
  histogram(definition: HistogramDefinition): Measure;
  /** A number that only grows; what is recorded is added. */
  counter(definition: MetricDefinition): Measure;
  /** A number that goes up and down, read whenever metrics are collected. */
  gauge(definition: MetricDefinition, read: () => Iterable<Reading>): void;
}

/** A sink that gives everything to several. */
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
