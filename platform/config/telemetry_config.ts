import { InvalidSetting, type SettingsReader } from "@archway/service_kit/setting.ts";
import {
  booleanSetting,
  choiceSetting,
  customSetting,
  integerSetting,
  textSetting,
} from "@archway/service_kit/setting_types.ts";
import type {
  OtlpReceiver,
  Propagator,
  SamplerOptions,
  TelemetryExport,
  TracesExport,
} from "@archway/service_kit/telemetry_export.ts";
import { parsePairs } from "./key_value_pairs.ts";
import { hasReceiver, OTLP_SETTINGS, readOtlpConfig } from "./otlp_config.ts";

const SAMPLERS = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const satisfies readonly SamplerOptions["sampler"][];
const PROPAGATORS = ["tracecontext", "baggage", "xray", "none"] as const satisfies readonly Propagator[];

const SDK_DISABLED = booleanSetting("OTEL_SDK_DISABLED", {
  default: false,
  description: "Whether to export nothing by OTLP, whatever else is set.",
});
const TRACES_EXPORTER = choiceSetting("OTEL_TRACES_EXPORTER", ["otlp", "none"], {
  defaultRule: "otlp if there is an endpoint, else none",
  description: "Whether to export traces.",
});
const METRICS_EXPORTER = choiceSetting("OTEL_METRICS_EXPORTER", ["otlp", "none"], {
  defaultRule: "otlp if there is an endpoint, else none",
  description: "Whether to export metrics by OTLP; ADMIN_PORT serves them to Prometheus.",
});
const SERVICE_NAME = textSetting("OTEL_SERVICE_NAME", {
  defaultRule: "service.name of OTEL_RESOURCE_ATTRIBUTES, else the name of the program",
  description: "Attribute service.name of traces and metrics.",
});
const RESOURCE_ATTRIBUTES = customSetting("OTEL_RESOURCE_ATTRIBUTES", {
  type: "list",
  example: "deployment.environment.name=production,service.version=1.4.0",
  description:
    "Attributes of traces and metrics, as key=value separated by commas, with percent-encoded values. " +
    "service.instance.id is random for each process if it is not among them.",
  parse: parsePairs,
});
const TRACES_SAMPLER = choiceSetting("OTEL_TRACES_SAMPLER", SAMPLERS, {
  default: "parentbased_always_on",
  description:
    "Which traces are recorded. parentbased_… follows the caller, and applies the rest of the name to traces that " +
    "begin here.",
});
const TRACES_SAMPLER_ARG = customSetting("OTEL_TRACES_SAMPLER_ARG", {
  type: "number",
  bounds: "0 to 1",
  default: "1",
  description: "Share of the traces that …traceidratio records, such as 0.01.",
  parse: (text) => {
    const ratio = /^(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?$/i.test(text) ? Number(text) : NaN;
    if (ratio >= 0 && ratio <= 1) return ratio;
    throw new InvalidSetting("must be a number from 0 to 1");
  },
});
const PROPAGATORS_SETTING = customSetting("OTEL_PROPAGATORS", {
  type: "list",
  default: "tracecontext,baggage,xray",
  description:
    "Headers in which trace context is read and passed on: tracecontext (traceparent, tracestate), baggage, xray " +
    "(X-Amzn-Trace-Id), or none. With both, traceparent has precedence.",
  parse: (text): readonly Propagator[] =>
    text.split(",").map((part) => {
      const found = PROPAGATORS.find((name) => name === part.trim().toLowerCase());
      if (found === undefined) throw new InvalidSetting(`must consist of ${PROPAGATORS.join(", ")}`);
      return found;
    }),
});
const BSP_MAX_QUEUE_SIZE = integerSetting("OTEL_BSP_MAX_QUEUE_SIZE", {
  min: 1,
  max: 1_000_000,
  default: 2048,
  description: "Maximum number of spans that wait for their export; more are dropped and counted.",
});
const BSP_MAX_EXPORT_BATCH_SIZE = integerSetting("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", {
  min: 1,
  max: 1_000_000,
  default: 512,
  description: "Maximum number of spans in one export.",
});
const BSP_SCHEDULE_DELAY = integerSetting("OTEL_BSP_SCHEDULE_DELAY", {
  min: 1,
  max: 3_600_000,
  default: 5_000,
  description: "Maximum time that a span waits for others, in milliseconds.",
});
const METRIC_EXPORT_INTERVAL = integerSetting("OTEL_METRIC_EXPORT_INTERVAL", {
  min: 1,
  max: 3_600_000,
  default: 60_000,
  description: "Interval of exports of metrics by OTLP, in milliseconds.",
});
const TEMPORALITY = choiceSetting("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", [
  "cumulative",
  "delta",
], {
  default: "cumulative",
  description: "Whether counters and histograms count from the start of the program or from the last export.",
});

export const TELEMETRY_SETTINGS = [
  ...OTLP_SETTINGS,
  SERVICE_NAME,
  RESOURCE_ATTRIBUTES,
  TRACES_EXPORTER,
  TRACES_SAMPLER,
  TRACES_SAMPLER_ARG,
  PROPAGATORS_SETTING,
  BSP_MAX_QUEUE_SIZE,
  BSP_MAX_EXPORT_BATCH_SIZE,
  BSP_SCHEDULE_DELAY,
  METRICS_EXPORTER,
  METRIC_EXPORT_INTERVAL,
  TEMPORALITY,
  SDK_DISABLED,
];

/** Reads the export of telemetry. Invalid settings are reported even if nothing is exported. */
export function readTelemetryConfig(reader: SettingsReader): TelemetryExport {
  const isEnabled = !reader.read(SDK_DISABLED);
  const serviceName = reader.read(SERVICE_NAME);
  const exporterOf = (setting: typeof TRACES_EXPORTER, signal: "traces" | "metrics"): boolean =>
    reader.readOr(setting, hasReceiver(reader, signal) ? "otlp" : "none") === "otlp" && isEnabled;
  const receivers = readOtlpConfig(reader);
  const traces = readTraces(reader, receivers.traces);
  const metrics = {
    ...receivers.metrics,
    intervalMs: reader.read(METRIC_EXPORT_INTERVAL),
    temporality: reader.read(TEMPORALITY),
  };
  return {
    resource: {
      ...reader.read(RESOURCE_ATTRIBUTES),
      ...(serviceName !== undefined && { "service.name": serviceName }),
    },
    traces: exporterOf(TRACES_EXPORTER, "traces") ? traces : undefined,
    metrics: exporterOf(METRICS_EXPORTER, "metrics") ? metrics : undefined,
  };
}

function readTraces(reader: SettingsReader, receiver: OtlpReceiver): TracesExport {
  const maxQueueSize = reader.read(BSP_MAX_QUEUE_SIZE);
  return {
    ...receiver,
    sampler: reader.read(TRACES_SAMPLER),
    ratio: reader.read(TRACES_SAMPLER_ARG),
    propagators: reader.read(PROPAGATORS_SETTING),
    maxQueueSize,
    maxBatchSize: Math.min(reader.read(BSP_MAX_EXPORT_BATCH_SIZE), maxQueueSize),
    delayMs: reader.read(BSP_SCHEDULE_DELAY),
  };
}
