/** Receiver of one kind of telemetry (OpenTelemetry, "OTLP Exporter Configuration"). */
export interface OtlpReceiver {
  readonly url: string;
  /** Headers of every export; may contain credentials. */
  readonly headers: Readonly<Record<string, string>>;
  readonly protocol: "http/json" | "http/protobuf";
  readonly compression: "gzip" | "none";
  /** Time limit of an export with its repetitions. */
  readonly timeoutMs: number;
  /** Texts in PEM. */
  readonly tls: {
    /** Authority of the receiver's certificate; those of the system if undefined. */
    readonly ca: string | undefined;
    readonly cert: string | undefined;
    readonly key: string | undefined;
  };
}

/** Rule by which a trace is recorded or not (OpenTelemetry, "Sampling"). */
export interface SamplerOptions {
  /** As named in `OTEL_TRACES_SAMPLER`. */
  readonly sampler:
    | "always_on"
    | "always_off"
    | "traceidratio"
    | "parentbased_always_on"
    | "parentbased_always_off"
    | "parentbased_traceidratio";
  /** Share of the traces that a sampler with a ratio records, from 0 to 1. */
  readonly ratio: number;
}

/** Format of trace context in headers, as named in `OTEL_PROPAGATORS`. */
export type Propagator = "tracecontext" | "baggage" | "xray" | "none";

/** Export of traces. */
export interface TracesExport extends OtlpReceiver, SamplerOptions {
  readonly propagators: readonly Propagator[];
  readonly maxQueueSize: number;
  readonly maxBatchSize: number;
  readonly delayMs: number;
}

/** Export of metrics by OTLP. */
export interface MetricsExport extends OtlpReceiver {
  readonly intervalMs: number;
  readonly temporality: "cumulative" | "delta";
}

/** Export of telemetry by OTLP. */
export interface TelemetryExport {
  /** Attributes of everything exported; `service.name` may be absent. */
  readonly resource: Readonly<Record<string, string>>;
  /** Not exported if undefined. */
  readonly traces: TracesExport | undefined;
  /** Not exported if undefined. */
  readonly metrics: MetricsExport | undefined;
}
