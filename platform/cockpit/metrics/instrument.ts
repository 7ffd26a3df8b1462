import type { Labels, MetricDefinition, Reading } from "@archway/service_kit/metric_sink.ts";

/** Values of the lines of a chart, by their names. */
export type Lines = Readonly<Record<string, number>>;

/** Metric as a chart shows it: rates of counters, quantiles of histograms, values of gauges. */
export interface Instrument {
  readonly name: string;
  readonly description: string;
  /** Unit of its values, "/s" for rates. */
  readonly unit: "s" | "By" | "" | "/s";
  /** Returns the values since the last call, which was so many seconds ago. */
  take(seconds: number): Lines;
}

/** Logarithmic width of the buckets of quantiles, which are exact to about 3 %, and the smallest value. */
const WIDTH = Math.log(1.06);
const SMALLEST = 1e-6;
const BUCKETS = 360;

/** Distribution of the values of an interval, in a fixed space. */
export class Quantiles implements Instrument {
  readonly name: string;
  readonly description: string;
  readonly unit: "s" | "By" | "";
  readonly #counts = new Uint32Array(BUCKETS);
  #count = 0;

  constructor({ name, description, unit }: MetricDefinition) {
    this.name = name;
    this.description = description;
    this.unit = unit;
  }

  add(value: number): void {
    const bucket = value <= SMALLEST ? 0 : Math.round(Math.log(value / SMALLEST) / WIDTH);
    const index = Math.min(BUCKETS - 1, bucket);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#count++;
  }

  take(): Lines {
    if (this.#count === 0) return {};
    const lines = { p50: this.#quantile(0.5), p99: this.#quantile(0.99) };
    this.#counts.fill(0);
    this.#count = 0;
    return lines;
  }

  #quantile(part: number): number {
    let rank = Math.ceil(part * this.#count);
    for (const [index, count] of this.#counts.entries()) {
      rank -= count;
      if (rank <= 0) return SMALLEST * Math.exp(index * WIDTH);
    }
    return NaN;
  }
}

/** Rates per second, by the values of labels. */
export class Rates implements Instrument {
  readonly unit = "/s";
  readonly name: string;
  readonly description: string;
  readonly #labels: readonly string[];
  readonly #sums = new Map<string, number>();

  constructor({ name, description, labels }: Pick<MetricDefinition, "name" | "description" | "labels">) {
    this.name = name;
    this.description = description;
    this.#labels = labels;
  }

  add(value: number, labels: Labels): void {
    if (value === 0) return;
    const line = this.#labels.map((label) => labels[label] ?? "").join(" ");
    this.#sums.set(line, (this.#sums.get(line) ?? 0) + value);
  }

  /** Lines that have been seen once stay, at 0. */
  take(seconds: number): Lines {
    const lines = Object.fromEntries([...this.#sums].map(([line, sum]) => [line, sum / seconds]));
    for (const line of this.#sums.keys()) this.#sums.set(line, 0);
    return lines;
  }
}

/** Values that are read when a sample is taken. */
export class Gauge implements Instrument {
  readonly name: string;
  readonly description: string;
  readonly unit: "s" | "By" | "";
  readonly #labels: readonly string[];
  readonly #read: () => Iterable<Reading>;

  constructor({ name, description, unit, labels }: MetricDefinition, read: () => Iterable<Reading>) {
    this.name = name;
    this.description = description;
    this.unit = unit;
    this.#labels = labels;
    this.#read = read;
  }

  take(): Lines {
    return Object.fromEntries(
      [...this.#read()].map(({ value, labels }) => [
        this.#labels.map((label) => labels[label] ?? "").join(" "),
        value,
      ]),
    );
  }
}
