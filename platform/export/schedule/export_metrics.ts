import { CommandError } from "@archway/service_kit/command.ts";
import type { ExportDefinition } from "@archway/service_kit/export_definition.ts";
import type { Measure, MetricSink } from "@archway/service_kit/metric_sink.ts";
import type { ExportedDataSet } from "../run/export_options.ts";

/** Options of {@link ExportMetrics}. */
export interface ExportMetricsOptions {
  readonly sink: MetricSink;
  readonly definitions: readonly ExportDefinition[];
  /** Returns the end of the last export of a data set, as its manifest has it; undefined if there was none. */
  readonly readCompletion: (definition: ExportDefinition) => Promise<string | undefined>;
  /** Called when the end of the last export of a data set cannot be read. */
  readonly onError: (dataSet: string, error: unknown) => void;
  /** Returns the current time, in milliseconds since 1970. @default Date.now */
  readonly nowMs?: () => number;
}

/** Time after which manifests are read again, for the exports of other processes, in milliseconds. */
const REFRESH_MS = 600_000;

/** Time by which clocks of machines may differ, in milliseconds. A later end would hide that exports fail. */
const CLOCK_SKEW_MS = 300_000;

/** Maximum wait for manifests that are being read when the metrics are disposed, in milliseconds. */
const CLOSE_MS = 500;

/** Metrics of exports. */
export class ExportMetrics implements AsyncDisposable {
  readonly #options: Required<ExportMetricsOptions>;
  readonly #rows: Measure;
  readonly #seconds: Measure;
  /** End of the last export by data set, in milliseconds since 1970. */
  readonly #ends = new Map<string, number>();
  /** Time of the next reading of manifests. */
  #dueMs = Infinity;
  /** Manifests that are being read, by data set. */
  readonly #reading = new Map<string, Promise<void>>();

  constructor({ nowMs = Date.now, ...options }: ExportMetricsOptions) {
    this.#options = { ...options, nowMs };
    const { sink } = options;
    const labels = ["data_set"];
    this.#rows = sink.counter({
      ...{ name: "archway.export.rows", unit: "", labels },
      description: "Rows that scheduled exports have written, by data set",
    });
    this.#seconds = sink.histogram({
      ...{ name: "archway.export.duration", unit: "s", labels },
      buckets: [1, 5, 10, 30, 60, 300, 600, 1800, 3600],
      description: "Duration of scheduled exports, by data set",
    });
    sink.gauge({
      ...{ name: "archway.export.last_success", unit: "s", labels },
      description: "End of the last successful export in seconds since 1970, by data set",
    }, () => this.#lastSuccess());
  }

  /** Reads the manifests from now on, when metrics are collected. */
  start(): void {
    this.#dueMs = 0;
  }

  /** Resolves when no manifest is being read. */
  get idle(): Promise<void> {
    return Promise.all(this.#reading.values()).then(() => undefined);
  }

  /** Measures an export of this process. */
  record({ dataSet, rows, seconds }: ExportedDataSet): void {
    const series = { data_set: dataSet };
    this.#rows(rows, series);
    this.#seconds(seconds, series);
    this.#advance(dataSet, this.#options.nowMs());
  }

  /** Ends the reading; one that the file system does not end is not waited for. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#dueMs = Infinity;
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, CLOSE_MS);
    await Promise.race([this.idle, late]);
    clearTimeout(timer);
  }

  #lastSuccess(): readonly { readonly value: number; readonly labels: { readonly data_set: string } }[] {
    const now = this.#options.nowMs();
    if (now >= this.#dueMs) {
      this.#dueMs = now + REFRESH_MS;
      for (const definition of this.#options.definitions) this.#startReading(definition);
    }
    // If the clock was set back, an end of before is none.
    for (const [name, ms] of this.#ends) if (ms > now + CLOCK_SKEW_MS) this.#ends.delete(name);
    return [...this.#ends].map(([name, ms]) => ({ value: ms / 1000, labels: { data_set: name } }));
  }

  /** Reads the manifest of a data set, unless an earlier reading has not ended. */
  #startReading(definition: ExportDefinition): void {
    const { name } = definition;
    if (this.#reading.has(name)) return;
    this.#reading.set(name, this.#read(definition).finally(() => this.#reading.delete(name)));
  }

  async #read(definition: ExportDefinition): Promise<void> {
    const { readCompletion, onError, nowMs } = this.#options;
    try {
      const end = await readCompletion(definition);
      if (end === undefined) return;
      const ms = Date.parse(end);
      if (ms <= nowMs() + CLOCK_SKEW_MS) return this.#advance(definition.name, ms);
      // Without a value, there would be no alert if no export runs.
      this.#advance(definition.name, 0);
      throw new CommandError(`its time ${end} is in the future`);
    } catch (error) {
      onError(definition.name, error);
    }
  }

  #advance(dataSet: string, ms: number): void {
    this.#ends.set(dataSet, Math.max(ms, this.#ends.get(dataSet) ?? 0));
  }
}
