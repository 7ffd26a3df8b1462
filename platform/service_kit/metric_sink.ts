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
