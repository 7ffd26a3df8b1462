import { PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import {
  AggregationTemporality,
  InstrumentType,
  MeterProvider,
  MetricReader,
} from "@opentelemetry/sdk-metrics";
import { SCOPE } from "./instrumentation_scope.ts";
import { meterSink } from "./meter_sink.ts";
import type { MetricSink } from "@archway/service_kit/metric_sink.ts";

/** Reader that collects metrics on demand. */
class OnDemandReader extends MetricReader {
  constructor() {
    super({
      // A gauge that is no longer read disappears instead of keeping its last value, such as the lag of a lost replica.
      aggregationTemporalitySelector: (type) =>
        type === InstrumentType.OBSERVABLE_GAUGE
          ? AggregationTemporality.DELTA
          : AggregationTemporality.CUMULATIVE,
    });
  }

  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

/** Metrics in the text format of Prometheus. */
export class PrometheusMetrics {
  readonly contentType = "text/plain; version=0.0.4; charset=utf-8";
  /** Sink that records the metrics. */
  readonly sink: MetricSink;
  readonly #reader = new OnDemandReader();
  readonly #serializer = new PrometheusSerializer(undefined, false, undefined, true, true);

  constructor() {
    const provider = new MeterProvider({ readers: [this.#reader] });
    this.sink = meterSink(provider.getMeter(SCOPE), { namesUnits: true });
  }

  /** Returns the current values of all metrics. */
  async text(): Promise<string> {
    const { resourceMetrics } = await this.#reader.collect();
    return this.#serializer.serialize(resourceMetrics);
  }
}
