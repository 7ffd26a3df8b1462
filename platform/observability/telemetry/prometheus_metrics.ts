import { PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import {
  AggregationTemporality,
  InstrumentType,
  MeterProvider,
  MetricReader,
} from "@opentelemetry/sdk-metrics";
import { SCOPE } from "./is_tracing.ts";
import { meterSink } from "./meter_sink.ts";
import type { MetricSink } from "@archway/service_kit/metric_sink.ts";

/** Collects when it is asked to. */
class AskedReader extends MetricReader {
  constructor() {
    super({
      // A gauge that is no longer read is to vanish, not to keep its last value: that of a lost replica's lag, say.
      aggregationTemporalitySelector: (type) =>
        type === InstrumentType.OBSERVABLE_GAUGE
          ? AggregationTemporality.DELTA
          : AggregationTemporality.CUMULATIVE,
    });
  }

  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

/** Keeps metrics to be asked for them, in Prometheus' text format. */
export class PrometheusMetrics {
  readonly contentType = "text/plain; version=0.0.4; charset=utf-8";
  /** Where they are given to. */
  readonly sink: MetricSink;
  readonly #reader = new AskedReader();
  readonly #serializer = new PrometheusSerializer(undefined, false, undefined, true, true);

  constructor() {
    const provider = new MeterProvider({ readers: [this.#reader] });
    this.sink = meterSink(provider.getMeter(SCOPE), { namesUnits: true });
  }

  /** All metrics as they are now. */
  async text(): Promise<string> {
    const { resourceMetrics } = await this.#reader.collect();
    return this.#serializer.serialize(resourceMetrics);
  }
}
