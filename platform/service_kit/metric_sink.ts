/** Labels of a metric series. Their values are bounded, regardless of what clients send. */
export type Labels = Readonly<Record<string, string>>;

/** Definition of a metric. */
export interface MetricDefinition {
  /** E.g. "archway.request.duration". */
  readonly name: string;
  readonly description: string;
  /** "s", "By", or "" for counts. */
  readonly unit: "s" | "By" | "";
  /** Label names. */
  readonly labels: readonly string[];
}

/** Definition of a histogram. */
export interface HistogramDefinition extends MetricDefinition {
  /** Upper bounds of the buckets, ascending. */
  readonly buckets: readonly number[];
}

/** Current value of one series. */
export interface Reading {
  readonly value: number;
  readonly labels: Labels;
}

/** Records a measurement. */
export type Measure = (value: number, labels: Labels) => void;

/** Destination of metrics. */
export interface MetricSink {
  histogram(definition: HistogramDefinition): Measure;
  /** Registers a monotonic counter; each measurement is added to it. */
  counter(definition: MetricDefinition): Measure;
  /** Registers a gauge, read on every collection. */
  gauge(definition: MetricDefinition, read: () => Iterable<Reading>): void;
}
