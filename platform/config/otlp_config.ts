import { readSettingFile } from "@archway/service_kit/read_setting_file.ts";
import { InvalidSetting, type Setting, type SettingsReader } from "@archway/service_kit/setting.ts";
import {
  choiceSetting,
  integerSetting,
  secretSetting,
  textSetting,
  urlSetting,
} from "@archway/service_kit/setting_types.ts";
import type { OtlpReceiver } from "@archway/service_kit/telemetry_export.ts";
import { parsePairs } from "./key_value_pairs.ts";

const ENDPOINT = urlSetting("OTEL_EXPORTER_OTLP_ENDPOINT", {
  example: "http://127.0.0.1:4318",
  description:
    "Collector that receives traces and metrics by OTLP over HTTP, at /v1/traces and /v1/metrics below it. " +
    "Setting it switches both on.",
});
const TRACES_ENDPOINT = urlSetting("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", {
  example: "http://127.0.0.1:4318/v1/traces",
  description: "URL that receives traces, with its path. Setting it switches traces on.",
});
const METRICS_ENDPOINT = urlSetting("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", {
  example: "http://127.0.0.1:4318/v1/metrics",
  description: "URL that receives metrics, with its path. Setting it switches metrics on.",
});
const HEADERS = secretSetting("OTEL_EXPORTER_OTLP_HEADERS", {
  description:
    "Headers of exports, as name=value separated by commas, with percent-encoded values. For credentials of the receiver.",
});
const PROTOCOL = choiceSetting("OTEL_EXPORTER_OTLP_PROTOCOL", ["http/json", "http/protobuf"], {
  default: "http/json",
  description:
    "Encoding of exports. Collectors accept both on the same port; JSON takes less than half of the processor time, " +
    "Protobuf half of the bytes.",
});
const COMPRESSION = choiceSetting("OTEL_EXPORTER_OTLP_COMPRESSION", ["none", "gzip"], {
  default: "none",
  description: "Compression of exports.",
});
const TIMEOUT = integerSetting("OTEL_EXPORTER_OTLP_TIMEOUT", {
  min: 1,
  max: 60_000,
  default: 10_000,
  description: "Time limit of an export with its repetitions, in milliseconds.",
});
const CERTIFICATE = textSetting("OTEL_EXPORTER_OTLP_CERTIFICATE", {
  type: "path",
  example: "/run/secrets/collector-ca.pem",
  description:
    "File with the authority of the receiver's certificate, in PEM; those of the system if absent.",
});
const CLIENT_CERTIFICATE = textSetting("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", {
  type: "path",
  example: "/run/secrets/collector-client.pem",
  description: "File with the certificate shown to the receiver, in PEM.",
});
const CLIENT_KEY = textSetting("OTEL_EXPORTER_OTLP_CLIENT_KEY", {
  type: "path",
  example: "/run/secrets/collector-client.key",
  description: "File with the key of that certificate, in PEM.",
});

/** Size of a file with many authorities. */
const MAX_FILE_BYTES = 1 << 20;

/** Kinds of telemetry, and where each goes. */
const SIGNALS = {
  traces: { own: TRACES_ENDPOINT, path: "v1/traces" },
  metrics: { own: METRICS_ENDPOINT, path: "v1/metrics" },
} as const;

export const OTLP_SETTINGS: readonly Setting<unknown>[] = [
  ENDPOINT,
  TRACES_ENDPOINT,
  METRICS_ENDPOINT,
  HEADERS,
  PROTOCOL,
  COMPRESSION,
  TIMEOUT,
  CERTIFICATE,
  CLIENT_CERTIFICATE,
  CLIENT_KEY,
];

/** Whether a receiver of the signal is configured. */
export function hasReceiver(reader: SettingsReader, signal: keyof typeof SIGNALS): boolean {
  return reader.isSet(ENDPOINT) || reader.isSet(SIGNALS[signal].own);
}

/** Reads the receivers of all signals. Without a URL it is a collector on this machine. */
export function readOtlpConfig(reader: SettingsReader): Readonly<Record<keyof typeof SIGNALS, OtlpReceiver>> {
  const [ca, cert, key] = [CERTIFICATE, CLIENT_CERTIFICATE, CLIENT_KEY].map((file) => readFile(reader, file));
  if (reader.isSet(CLIENT_CERTIFICATE) !== reader.isSet(CLIENT_KEY)) {
    const [missing, present] = reader.isSet(CLIENT_CERTIFICATE)
      ? [CLIENT_KEY, CLIENT_CERTIFICATE]
      : [CLIENT_CERTIFICATE, CLIENT_KEY];
    reader.reject(missing, `is required with ${present.name}`);
  }
  const base = reader.read(ENDPOINT)?.href ?? "http://127.0.0.1:4318/";
  const shared = {
    headers: readHeaders(reader),
    protocol: reader.read(PROTOCOL),
    compression: reader.read(COMPRESSION),
    timeoutMs: reader.read(TIMEOUT),
    tls: { ca, cert, key },
  };
  const { traces, metrics } = SIGNALS;
  return {
    traces: { url: reader.read(traces.own)?.href ?? below(base, traces.path), ...shared },
    metrics: { url: reader.read(metrics.own)?.href ?? below(base, metrics.path), ...shared },
  };
}

function readFile(reader: SettingsReader, setting: Setting<string | undefined>): string | undefined {
  const path = reader.read(setting);
  try {
    return path === undefined ? undefined : readSettingFile(path, MAX_FILE_BYTES);
  } catch (error) {
    if (!(error instanceof InvalidSetting)) throw error;
    reader.reject(setting, error.message);
    return undefined;
  }
}

function below(base: string, path: string): string {
  return `${base}${base.endsWith("/") ? "" : "/"}${path}`;
}

function readHeaders(reader: SettingsReader): Readonly<Record<string, string>> {
  try {
    const headers = parsePairs(reader.read(HEADERS) ?? "");
    new Headers(headers);
    return headers;
  } catch (error) {
    if (!(error instanceof InvalidSetting || error instanceof TypeError)) throw error;
    reader.reject(HEADERS, "must consist of name=value separated by commas, with percent-encoded values");
    return {};
  }
}
