import type {
  HistogramDefinition,
  Measure,
  MetricDefinition,
  MetricSink,
  Reading,
} from "@archway/service_kit/metric_sink.ts";
import { Ring } from "../recorder/ring.ts";
import { type Chart, chartsOf, type ChartSource, RATES_SUFFIX } from "./charts.ts";
import { Gauge, type Instrument, type Lines, Quantiles, Rates } from "./instrument.ts";

/** Interval of samples, in milliseconds, and the number that is kept: ten minutes. */
const SAMPLE_MS = 1_000;
const MAX_SAMPLES = 600;

/** Values of all charts at a time. */
export interface MetricSample {
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  /** Values by the id of the chart and the name of the line. */
  readonly charts: Readonly<Record<string, Lines>>;
}

/** Receives samples, and the charts before the first one and whenever there are others. */
export type MetricListener = (update: {
  readonly charts?: readonly Chart[];
  readonly samples: readonly MetricSample[];
}) => void;

/**
 * The metrics of the program, of the server and of all modules, as a page shows them. Values are taken only while a page
 * does; otherwise a measurement costs a comparison.
 */
export class LiveMetrics implements MetricSink {
  readonly #instruments: Instrument[] = [];
  readonly #listeners = new Set<MetricListener>();
  readonly #samples = new Ring<MetricSample>(MAX_SAMPLES);
  #charts: readonly ChartSource[] = [];
  #charted = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  #takenAt = 0;

  histogram(definition: HistogramDefinition): Measure {
    const quantiles = this.#register(new Quantiles(definition));
    const rates = definition.labels.includes("status")
      ? this.#register(
        new Rates({ ...definition, name: `${definition.name}${RATES_SUFFIX}`, labels: ["status"] }),
      )
      : undefined;
    return (value, labels) => {
      if (this.#timer === undefined) return;
      quantiles.add(value);
      rates?.add(1, labels);
    };
  }

  counter(definition: MetricDefinition): Measure {
    const rates = this.#register(new Rates(definition));
    return (value, labels) => {
      if (this.#timer !== undefined) rates.add(value, labels);
    };
  }

  gauge(definition: MetricDefinition, read: () => Iterable<Reading>): void {
    this.#register(new Gauge(definition, read));
  }

  /** Calls a listener with the stored samples, and with each new one until the returned object is disposed. */
  watch(listener: MetricListener): Disposable {
    this.#start();
    listener({ charts: this.#currentCharts(), samples: [...this.#samples.newestFirst()].reverse() });
    this.#listeners.add(listener);
    return {
      [Symbol.dispose]: (): void => {
        this.#listeners.delete(listener);
        if (this.#listeners.size > 0) return;
        clearInterval(this.#timer);
        this.#timer = undefined;
      },
    };
  }

  #register<T extends Instrument>(instrument: T): T {
    this.#instruments.push(instrument);
    return instrument;
  }

  #currentCharts(): readonly Chart[] {
    if (this.#charted !== this.#instruments.length) {
      this.#charts = chartsOf(this.#instruments);
      this.#charted = this.#instruments.length;
    }
    return this.#charts.map(({ take: _take, ...chart }) => chart);
  }

  #start(): void {
    if (this.#timer !== undefined) return;
    this.#takenAt = performance.now();
    this.#currentCharts();
    // What was measured until the last page left.
    for (const instrument of this.#instruments) instrument.take(1);
    const timer = setInterval(() => this.#sample(), SAMPLE_MS);
    Deno.unrefTimer(timer);
    this.#timer = timer;
  }

  #sample(): void {
    const hasMore = this.#charted !== this.#instruments.length;
    const charts = hasMore ? this.#currentCharts() : undefined;
    const now = performance.now();
    const seconds = (now - this.#takenAt) / 1000;
    this.#takenAt = now;
    const sample = {
      time: Date.now(),
      charts: Object.fromEntries(this.#charts.map((chart) => [chart.id, rounded(chart.take(seconds))])),
    };
    this.#samples.push(sample);
    for (const listener of this.#listeners) {
      listener({ ...(charts !== undefined && { charts }), samples: [sample] });
    }
  }
}

/** Returns values with the digits that a chart can show. */
function rounded(lines: Lines): Lines {
  return Object.fromEntries(
    Object.entries(lines).map(([line, value]) => [line, Number(value.toPrecision(4))]),
  );
}
